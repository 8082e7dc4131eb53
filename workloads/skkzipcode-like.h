/* skkzipcode-like.h: Nakamura's benchmark of bitmap marking, 2012.
 *
 * Modelled after authorNari/skkzipcode: a server keeps the Japanese postal
 * codes of the SKK dictionary in a Hash, and five children answer with the
 * address of a code.  Its objects are those that Ruby 1.9 makes of
 *
 *     source.scan(/(\d+)\s\/(.+)\//) { |s| @dict[s[0]] = s[1]; @scan_zip << s }
 *
 * which for each entry are a match, that dies, an array of the code and the
 * address, that stays, and a copy of the code that the Hash keeps as its key.
 * The Hash's entries have no header and are in memory of their own.  So are the
 * characters of the addresses, unless they are `inline`: Ruby takes them from
 * malloc.  Nothing collects before the fork but what loading itself brings.
 *
 * A request reads a code, cuts its line end, looks it up and answers: four
 * strings that die.  Then it measures itself as the original does, which reads
 * /proc/PID/smaps line by line within the request: `lines` strings that die.
 *
 * At scale 1000 there are n = 120 000 entries.  Entry k, from 0, has the code
 * 10000 + 83 k and an address of (m + 1) / 2 + mix(k) mod (m + 1) characters, m
 * being `address-bytes` and the quotient rounded down, all of them the byte 161
 * + k mod 94.  The Hash has the least power of two above n, doubled, as its
 * places; a code is in the first free one from mix(code) mod their number on.
 *
 * A request draws one random number r, and its code is that of entry r mod n.
 * Of the address h starts as its length and becomes h * 31 + byte with each
 * character, modulo 2^64; the reply is mix(h ^ number), with the request's
 * number, from 0 in each worker.  The checksum starts as 0 and becomes, for
 * each entry in order, mix(checksum ^ code ^ h) and then mix(checksum ^ h).
 * Nothing but the choice of codes depends on the seed.
 *
 * Departs from it: strings of 8 characters take 32 bytes where Ruby's take 40,
 * and a line's characters are in its own object.
 *
 * It stresses marking and, in what the match objects left, allocation into
 * inherited holes.  The application's own writes to inherited objects are
 * none. */
#ifndef WORKLOADS_SKKZIPCODE_LIKE_H
#define WORKLOADS_SKKZIPCODE_LIKE_H

#include "workloads/long-list.h"
#include "workloads/scale.h"
#include "workloads/values.h"
#include "workloads/workload.h"

enum { SKKZIPCODE_INLINE, SKKZIPCODE_APART };
enum {
    SKKZIPCODE_STRING,
    SKKZIPCODE_ADDRESS, /* a string with its characters apart */
    SKKZIPCODE_TEXT,    /* characters of many addresses */
    SKKZIPCODE_PAIR,
    SKKZIPCODE_MATCH,
    SKKZIPCODE_LIST
};

#define SKKZIPCODE_ENTRIES 120000 /* at scale 1000 */

static int64_t skkzipcode_scale = SCALE_DEFAULT;
static int64_t skkzipcode_address_bytes = 36;
static int64_t skkzipcode_characters = SKKZIPCODE_APART;
static int64_t skkzipcode_lines = 600;
static int64_t skkzipcode_line_bytes = 28;

static const struct parameter skkzipcode_parameters[] = {
    SCALE_PARAMETER(&skkzipcode_scale, "120 000 postal codes", "31"),
    {"address-bytes", &skkzipcode_address_bytes, 2, 1000, NULL, "bytes",
     "mean length of an address; they have from half to one and a half times "
     "as many"},
    {"characters", &skkzipcode_characters, 0, 1, "inline|apart", NULL,
     "where an address has its characters: in its own object, or in memory "
     "without headers"},
    {"lines", &skkzipcode_lines, 0, 1000000, NULL, "strings",
     "lines that a request reads and drops to measure itself"},
    {"line-bytes", &skkzipcode_line_bytes, 0, 4096, NULL, "bytes",
     "length of such a line"},
};

/* The Hash, keys and values in turn; the pairs in order; while it is loaded,
 * the characters of the addresses that are read next. */
enum {
    SKKZIPCODE_HASH,
    SKKZIPCODE_PAIRS,
    SKKZIPCODE_THE_TEXT,
    SKKZIPCODE_ROOTS
};

static struct root skkzipcode_roots[SKKZIPCODE_ROOTS];
static struct frame skkzipcode_frame;
static uint64_t skkzipcode_count;  /* entries */
static uint64_t skkzipcode_places; /* of the Hash: a power of two */

/* An address with its characters apart: the text, its begin there, length. */
enum { SKKZIPCODE_BEGIN, SKKZIPCODE_LENGTH };

#define SKKZIPCODE_TEXT_ENTRIES 1024u /* addresses in a piece of text */

/* The k-th code, for no two k the same. */
static inline uint64_t skkzipcode_code(uint64_t k)
{
    return 10000 + 83 * k;
}

static inline uint64_t skkzipcode_length(uint64_t k)
{
    uint64_t mean = (uint64_t)skkzipcode_address_bytes;
    return (mean + 1) / 2 + mix(k) % (mean + 1);
}

static inline unsigned char skkzipcode_character(uint64_t k)
{
    return (unsigned char)(0xa1 + k % 94);
}

static const struct shape skkzipcode_address_shape = {SKKZIPCODE_ADDRESS, 1,
                                                      2 * sizeof(uint64_t)};

/* The digits of a code are a word. */
static inline struct shape skkzipcode_code_shape(void)
{
    return string_shape(SKKZIPCODE_STRING, sizeof(uint64_t));
}

static ref skkzipcode_code_new(uint64_t code)
{
    ref string = string_new(SKKZIPCODE_STRING, sizeof code);
    raw_store_word(string, skkzipcode_code_shape(), STRING_WORDS, code);
    return string;
}

static inline uint64_t skkzipcode_code_of(ref string)
{
    return raw_load_word(string, skkzipcode_code_shape(), STRING_WORDS);
}

/* The characters of the addresses from the k-th on. */
static ref skkzipcode_text_new(uint64_t k)
{
    uint64_t length = 0;
    for (uint64_t i = k; i < k + SKKZIPCODE_TEXT_ENTRIES; i++) {
        length += skkzipcode_length(i);
    }
    struct shape shape = {SKKZIPCODE_TEXT, 0, (uint32_t)length};
    ref text = object_new(shape);
    uint64_t begin = 0;
    for (uint64_t i = k; i < k + SKKZIPCODE_TEXT_ENTRIES; i++) {
        raw_fill(text, shape, begin, skkzipcode_character(i),
                 skkzipcode_length(i));
        begin += skkzipcode_length(i);
    }
    return text;
}

/* The address of the k-th code, `begin` bytes into the text. */
static ref skkzipcode_address_new(uint64_t k, uint64_t begin)
{
    if (skkzipcode_characters == SKKZIPCODE_INLINE) {
        return string_of(SKKZIPCODE_STRING, skkzipcode_length(k),
                         skkzipcode_character(k));
    }
    struct shape shape = skkzipcode_address_shape;
    ref address = object_new(shape);
    ref_init(address, 0, root_load(skkzipcode_roots[SKKZIPCODE_THE_TEXT]));
    raw_store_word(address, shape, SKKZIPCODE_BEGIN, begin);
    raw_store_word(address, shape, SKKZIPCODE_LENGTH, skkzipcode_length(k));
    return address;
}

/* Where an address has its characters. */
struct skkzipcode_piece {
    ref object;
    struct shape shape;
    uint64_t begin, length;
};

static inline struct skkzipcode_piece skkzipcode_piece_of(ref address)
{
    if (skkzipcode_characters == SKKZIPCODE_INLINE) {
        return (struct skkzipcode_piece){address,
                                         string_shape(SKKZIPCODE_STRING, 0),
                                         STRING_START, string_length(address)};
    }
    struct shape shape = skkzipcode_address_shape;
    return (struct skkzipcode_piece){
        ref_load(address, 0),
        {SKKZIPCODE_TEXT, 0, 0},
        raw_load_word(address, shape, SKKZIPCODE_BEGIN),
        raw_load_word(address, shape, SKKZIPCODE_LENGTH)};
}

static uint64_t skkzipcode_sum(ref address)
{
    retain(address);
    struct skkzipcode_piece piece = skkzipcode_piece_of(address);
    retain(piece.object);
    uint64_t sum = piece.length;
    for (uint64_t i = 0; i < piece.length; i++) {
        sum = sum * 31 +
              raw_load_byte(piece.object, piece.shape, piece.begin + i);
    }
    release(piece.object);
    release(address);
    return sum;
}

/* The place in the Hash that has a code, or an empty one for it. */
static uint64_t skkzipcode_place(uint64_t code)
{
    ref hash = root_load(skkzipcode_roots[SKKZIPCODE_HASH]);
    uint64_t mask = skkzipcode_places - 1;
    for (uint64_t place = mix(code) & mask;; place = (place + 1) & mask) {
        ref key = long_list_load(LIST_SPLIT, hash, 2 * place);
        if (ref_is_null(key)) {
            return place;
        }
        retain(key);
        uint64_t found = skkzipcode_code_of(key);
        release(key);
        if (found == code) {
            return place;
        }
    }
}

static inline ref skkzipcode_find(uint64_t code)
{
    return long_list_load(LIST_SPLIT,
                          root_load(skkzipcode_roots[SKKZIPCODE_HASH]),
                          2 * skkzipcode_place(code) + 1);
}

static void skkzipcode_insert(ref key, ref address, uint64_t code)
{
    ref hash = root_load(skkzipcode_roots[SKKZIPCODE_HASH]);
    uint64_t place = skkzipcode_place(code);
    long_list_store(LIST_SPLIT, hash, 2 * place, key);
    long_list_store(LIST_SPLIT, hash, 2 * place + 1, address);
}

/* The k-th entry, whose address is `begin` bytes into the text. */
static void skkzipcode_scan(uint64_t k, uint64_t begin)
{
    uint64_t code = skkzipcode_code(k);
    FRAME(local, 3);
    root_store(&local[0], object_new((struct shape){SKKZIPCODE_MATCH, 1, 48}));
    root_store(&local[1], skkzipcode_code_new(code));
    root_store(&local[2], skkzipcode_address_new(k, begin));
    ref pair = object_new((struct shape){SKKZIPCODE_PAIR, 2, 0});
    ref_init(pair, 0, root_load(local[1]));
    ref_init(pair, 1, root_load(local[2]));
    long_list_store(LIST_SPLIT, root_load(skkzipcode_roots[SKKZIPCODE_PAIRS]),
                    k, pair);
    root_store(&local[1], skkzipcode_code_new(code));
    skkzipcode_insert(root_load(local[1]), root_load(local[2]), code);
    FRAME_END(local);
}

static void skkzipcode_load(struct random *random)
{
    (void)random;
    struct root *roots = skkzipcode_roots;
    skkzipcode_count = scaled(SKKZIPCODE_ENTRIES, skkzipcode_scale);
    skkzipcode_places = UINT64_C(2) << (64 - __builtin_clzl(skkzipcode_count));
    frame_push(&skkzipcode_frame, roots, SKKZIPCODE_ROOTS);
    root_store(
        &roots[SKKZIPCODE_HASH],
        long_list_new(LIST_SPLIT, SKKZIPCODE_LIST, 2 * skkzipcode_places));
    root_store(&roots[SKKZIPCODE_PAIRS],
               long_list_new(LIST_SPLIT, SKKZIPCODE_LIST, skkzipcode_count));
    uint64_t begin = 0;
    for (uint64_t k = 0; k < skkzipcode_count; k++) {
        if (skkzipcode_characters == SKKZIPCODE_APART &&
            k % SKKZIPCODE_TEXT_ENTRIES == 0) {
            root_store(&roots[SKKZIPCODE_THE_TEXT], skkzipcode_text_new(k));
            begin = 0;
        }
        skkzipcode_scan(k, begin);
        begin += skkzipcode_length(k);
    }
    root_store(&roots[SKKZIPCODE_THE_TEXT], REF_NULL);
}

static uint64_t skkzipcode_request(uint64_t number, struct random *random)
{
    uint64_t code = skkzipcode_code(random_next(random) % skkzipcode_count);
    FRAME(local, 1);
    root_store(&local[0], skkzipcode_code_new(code));
    root_store(&local[0], skkzipcode_code_new(code));
    ref address = skkzipcode_find(code);
    uint64_t sum = skkzipcode_sum(address);
    uint64_t length = skkzipcode_piece_of(address).length;
    root_store(&local[0], string_of(SKKZIPCODE_STRING, length, 0));
    root_store(&local[0], string_of(SKKZIPCODE_STRING, length + 1, '\n'));
    for (int64_t i = 0; i < skkzipcode_lines; i++) {
        root_store(&local[0], string_of(SKKZIPCODE_STRING,
                                        (uint64_t)skkzipcode_line_bytes, ' '));
    }
    FRAME_END(local);
    return mix(sum ^ number);
}

/* The pairs, and that the Hash has their addresses under their codes. */
static uint64_t skkzipcode_check(void)
{
    ref pairs = root_load(skkzipcode_roots[SKKZIPCODE_PAIRS]);
    uint64_t sum = 0;
    for (uint64_t k = 0; k < skkzipcode_count; k++) {
        ref pair = long_list_load(LIST_SPLIT, pairs, k);
        uint64_t code = skkzipcode_code_of(ref_load(pair, 0));
        sum = mix(sum ^ code ^ skkzipcode_sum(ref_load(pair, 1)));
        sum = mix(sum ^ skkzipcode_sum(skkzipcode_find(code)));
    }
    return sum;
}

static const struct workload skkzipcode_like = {
    .name = "skkzipcode-like",
    .about = "Nakamura's benchmark: postal codes in a Hash, looked up",
    .parameters = skkzipcode_parameters,
    .parameter_count = LENGTH(skkzipcode_parameters),
    .load = skkzipcode_load,
    .request = skkzipcode_request,
    .check = skkzipcode_check,
};

#endif
