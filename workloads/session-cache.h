/* session-cache.h: a cache of sessions, of which the oldest make room.
 *
 * After the in-process caches of Django (LocMemCache: an OrderedDict) and Rails
 * (MemoryStore: a Hash in the order of its entries), which are filled before
 * the fork.  It stresses old objects that are rewritten to refer to young ones.
 *
 * At scale 1000 the template has a cache of the capacity C = 160 000, and it is
 * full: the sessions with the keys 0 to C - 1 were inserted in this order.  A
 * session has a key and a list of `attributes` values.  Value a, counted from
 * 0, of a new session is a string of `value-bytes` bytes, all of them 'a' +
 * (key + a) mod 26.  A request looks up `lookups` keys, one after the other.
 * With K = max(1, C * `keys` / 1000) and H = max(1, K * `hot-keys` / 1000), all
 * divisions rounding down, it draws two random numbers p and q for a key:
 *
 *   p mod 1000 < hot-lookups   (q mod H) * (K / H), a hot key: they are spread
 *                              evenly over all keys
 *   else                       q mod K
 *
 * If the session is there, the key and the last byte of each of its values are
 * added to the total; it becomes the newest; then `sets` times two random
 * numbers r and s are drawn, and value r mod `attributes` becomes a new string
 * of bytes 'a' + s mod 26.  Else the oldest session is removed, 1000003 and its
 * key are added to the total, and a new session of the key looked up is
 * inserted and is the newest.  The reply is mix(total modulo 2^64).
 *
 * The checksum: s starts as 0 and becomes, from the newest session to the
 * oldest, mix(s ^ key), and then for each value in order mix(s ^ (length * 256
 * + last byte)).  It is mix(s ^ t), where t is the sum modulo 2^64 of mix(key)
 * over all sessions that the table has.
 *
 * The application's own writes to inherited objects are the links of the
 * session that is looked up, of its old neighbours and of the one that was the
 * newest, the two ends of the list in the cache object, the values that are
 * set, and for each session that makes room the bucket or link before it and
 * the bucket of the new one.  The template does not depend on the seed. */
#ifndef WORKLOADS_SESSION_CACHE_H
#define WORKLOADS_SESSION_CACHE_H

#include "workloads/long-list.h"
#include "workloads/scale.h"
#include "workloads/values.h"
#include "workloads/workload.h"

enum {
    SESSION_CACHE_CACHE,
    SESSION_CACHE_TABLE,
    SESSION_CACHE_SESSION,
    SESSION_CACHE_ATTRIBUTES,
    SESSION_CACHE_VALUE
};

/* The references of the cache: a long list of the first session of each chain,
 * and both ends of the list in the order of use.  Those of a session: its
 * neighbours there, the next of its chain, and its list of values. */
enum { CACHE_TABLE, CACHE_NEWEST, CACHE_OLDEST, CACHE_REFERENCES };
enum {
    SESSION_NEWER,
    SESSION_OLDER,
    SESSION_CHAIN,
    SESSION_ATTRIBUTES,
    SESSION_REFERENCES
};

#define SESSION_CACHE_CAPACITY 160000 /* at scale 1000 */
#define SESSION_CACHE_MISS     1000003

static int64_t session_cache_scale = SCALE_DEFAULT;
static int64_t session_cache_attributes = 4;
static int64_t session_cache_value_bytes = 24;
static int64_t session_cache_lists = LIST_INLINE;
static int64_t session_cache_keys = 1100;
static int64_t session_cache_hot_keys = 200;
static int64_t session_cache_hot_lookups = 800;
static int64_t session_cache_lookups = 10;
static int64_t session_cache_sets = 2;

static const struct parameter session_cache_parameters[] = {
    SCALE_PARAMETER(&session_cache_scale, "160 000 sessions", "45"),
    {"attributes", &session_cache_attributes, 1, 1000, NULL, "values",
     "values of a session"},
    {"value-bytes", &session_cache_value_bytes, 1, 65536, NULL, "bytes",
     "length of every value"},
    {"lists", &session_cache_lists, 0, 1, "inline|split", NULL,
     "a list's items, a session's values and the table's buckets, in its own "
     "object, or in a buffer beside it"},
    {"keys", &session_cache_keys, 1, 1000000, NULL, "permille",
     "keys that are looked up, as a share of the capacity: above 1000 some "
     "are not there"},
    {"hot-keys", &session_cache_hot_keys, 1, 1000, NULL, "permille",
     "keys that are hot, as a share of these"},
    {"hot-lookups", &session_cache_hot_lookups, 0, 1000, NULL, "permille",
     "lookups of a hot key, as a share of all; the others are of any key"},
    {"lookups", &session_cache_lookups, 1, 1000000, NULL, "sessions",
     "sessions that a request looks up"},
    {"sets", &session_cache_sets, 0, 1000000, NULL, "values",
     "values that are set in each session that is found"},
};

static struct root session_cache_root[1]; /* the cache */
static struct frame session_cache_frame;

/* Sessions and buckets; keys that are looked up, and how many are hot. */
static struct {
    uint64_t capacity, keys, hot;
} session_cache_size;

static inline struct shape session_cache_shape(void)
{
    return (struct shape){SESSION_CACHE_SESSION, SESSION_REFERENCES,
                          sizeof(uint64_t)};
}

static inline uint64_t session_cache_key(ref session)
{
    return raw_load_word(session, session_cache_shape(), 0);
}

static inline uint64_t session_cache_bucket(uint64_t key)
{
    return mix(key) % session_cache_size.capacity;
}

static inline ref session_cache_table(void)
{
    return ref_load(root_load(session_cache_root[0]), CACHE_TABLE);
}

static inline ref session_cache_value_new(uint64_t letter)
{
    return string_of(SESSION_CACHE_VALUE, (size_t)session_cache_value_bytes,
                     (unsigned char)('a' + letter % 26));
}

static inline uint64_t session_cache_last_byte(ref value)
{
    return string_byte(value, string_length(value) - 1);
}

/* The session with a key, which the caller releases, or null. */
static inline __attribute__((always_inline)) ref
session_cache_find(enum list_shape shape, uint64_t key)
{
    ref session =
        long_list_load(shape, session_cache_table(), session_cache_bucket(key));
    retain(session);
    while (!ref_is_null(session) && session_cache_key(session) != key) {
        ref next = ref_load(session, SESSION_CHAIN);
        retain(next);
        release(session);
        session = next;
    }
    return session;
}

/* Takes a session, which the caller holds, out of the order of use. */
static inline void session_cache_unlink(ref session)
{
    ref cache = root_load(session_cache_root[0]);
    ref newer = ref_load(session, SESSION_NEWER);
    ref older = ref_load(session, SESSION_OLDER);
    if (ref_is_null(newer)) {
        ref_store(cache, CACHE_NEWEST, older);
    } else {
        ref_store(newer, SESSION_OLDER, older);
    }
    if (ref_is_null(older)) {
        ref_store(cache, CACHE_OLDEST, newer);
    } else {
        ref_store(older, SESSION_NEWER, newer);
    }
}

/* Makes a session that is not in it the newest. */
static inline void session_cache_link(ref session)
{
    ref cache = root_load(session_cache_root[0]);
    ref newest = ref_load(cache, CACHE_NEWEST);
    ref_store(session, SESSION_NEWER, REF_NULL);
    ref_store(session, SESSION_OLDER, newest);
    if (ref_is_null(newest)) {
        ref_store(cache, CACHE_OLDEST, session);
    } else {
        ref_store(newest, SESSION_NEWER, session);
    }
    ref_store(cache, CACHE_NEWEST, session);
}

/* A session that is not there makes so much work that the shape may be asked
 * for each time. */
static void session_cache_insert(enum list_shape shape, uint64_t key)
{
    size_t attributes = (size_t)session_cache_attributes;
    uint64_t bucket = session_cache_bucket(key);
    FRAME(local, 2);
    root_store(&local[0], object_new(session_cache_shape()));
    raw_store_word(root_load(local[0]), session_cache_shape(), 0, key);
    root_store(&local[1],
               list_new(shape, SESSION_CACHE_ATTRIBUTES, attributes));
    ref_store(root_load(local[0]), SESSION_ATTRIBUTES, root_load(local[1]));
    for (size_t a = 0; a < attributes; a++) {
        ref value = session_cache_value_new(key + a);
        list_store(shape, root_load(local[1]), a, value);
    }
    ref session = root_load(local[0]);
    ref_store(session, SESSION_CHAIN,
              long_list_load(shape, session_cache_table(), bucket));
    long_list_store(shape, session_cache_table(), bucket, session);
    session_cache_link(session);
    FRAME_END(local);
}

/* Takes a session, which the caller holds, out of its chain. */
static void session_cache_unchain(enum list_shape shape, ref session)
{
    uint64_t key = session_cache_key(session);
    uint64_t bucket = session_cache_bucket(key);
    ref next = ref_load(session, SESSION_CHAIN);
    ref before = long_list_load(shape, session_cache_table(), bucket);
    if (session_cache_key(before) == key) {
        long_list_store(shape, session_cache_table(), bucket, next);
        return;
    }
    for (;;) {
        ref after = ref_load(before, SESSION_CHAIN);
        if (session_cache_key(after) == key) {
            ref_store(before, SESSION_CHAIN, next);
            return;
        }
        before = after;
    }
}

/* Removes the oldest session and returns its key. */
static uint64_t session_cache_evict(enum list_shape shape)
{
    FRAME(local, 1);
    root_store(&local[0],
               ref_load(root_load(session_cache_root[0]), CACHE_OLDEST));
    uint64_t key = session_cache_key(root_load(local[0]));
    session_cache_unlink(root_load(local[0]));
    session_cache_unchain(shape, root_load(local[0]));
    FRAME_END(local);
    return key;
}

static inline void session_cache_set_sizes(void)
{
    uint64_t capacity = scaled(SESSION_CACHE_CAPACITY, session_cache_scale);
    uint64_t keys = capacity * (uint64_t)session_cache_keys / 1000;
    keys = keys > 0 ? keys : 1;
    uint64_t hot = keys * (uint64_t)session_cache_hot_keys / 1000;
    hot = hot > 0 ? hot : 1;
    session_cache_size.capacity = capacity;
    session_cache_size.keys = keys;
    session_cache_size.hot = hot;
}

static void session_cache_load(struct random *random)
{
    (void)random;
    enum list_shape shape = (enum list_shape)session_cache_lists;
    session_cache_set_sizes();
    frame_push(&session_cache_frame, session_cache_root,
               LENGTH(session_cache_root));
    root_store(
        &session_cache_root[0],
        object_new((struct shape){SESSION_CACHE_CACHE, CACHE_REFERENCES, 0}));
    ref table =
        long_list_new(shape, SESSION_CACHE_TABLE, session_cache_size.capacity);
    ref_store(root_load(session_cache_root[0]), CACHE_TABLE, table);
    for (uint64_t key = 0; key < session_cache_size.capacity; key++) {
        session_cache_insert(shape, key);
    }
}

static inline uint64_t session_cache_draw(struct random *random)
{
    uint64_t keys = session_cache_size.keys;
    uint64_t hot = session_cache_size.hot;
    bool is_hot =
        random_next(random) % 1000 < (uint64_t)session_cache_hot_lookups;
    uint64_t which = random_next(random);
    return is_hot ? which % hot * (keys / hot) : which % keys;
}

/* The last bytes of a session's values. */
static inline __attribute__((always_inline)) uint64_t
session_cache_read(enum list_shape shape, ref attributes)
{
    uint64_t total = 0;
    retain(attributes);
    for (size_t a = 0; a < (size_t)session_cache_attributes; a++) {
        ref value = list_load(shape, attributes, a);
        retain(value);
        total += session_cache_last_byte(value);
        release(value);
    }
    release(attributes);
    return total;
}

/* Uses a session that was found, and is held by the frame of the caller. */
static inline __attribute__((always_inline)) uint64_t
session_cache_use(enum list_shape shape, const struct root *session,
                  struct random *random)
{
    uint64_t attributes = (uint64_t)session_cache_attributes;
    uint64_t total = session_cache_key(root_load(*session)) +
                     session_cache_read(shape, ref_load(root_load(*session),
                                                        SESSION_ATTRIBUTES));
    session_cache_unlink(root_load(*session));
    session_cache_link(root_load(*session));
    for (int64_t i = 0; i < session_cache_sets; i++) {
        size_t a = random_next(random) % attributes;
        ref value = session_cache_value_new(random_next(random));
        list_store(shape, ref_load(root_load(*session), SESSION_ATTRIBUTES), a,
                   value);
    }
    return total;
}

static inline __attribute__((always_inline)) uint64_t
session_cache_request_in(enum list_shape shape, struct random *random)
{
    uint64_t total = 0;
    FRAME(local, 1);
    for (int64_t i = 0; i < session_cache_lookups; i++) {
        uint64_t key = session_cache_draw(random);
        ref session = session_cache_find(shape, key);
        if (ref_is_null(session)) {
            total += SESSION_CACHE_MISS + session_cache_evict(shape);
            session_cache_insert(shape, key);
        } else {
            root_store(&local[0], session);
            release(session);
            total += session_cache_use(shape, &local[0], random);
        }
    }
    FRAME_END(local);
    return mix(total);
}

static uint64_t session_cache_request(uint64_t number, struct random *random)
{
    (void)number;
    return session_cache_lists == LIST_SPLIT
               ? session_cache_request_in(LIST_SPLIT, random)
               : session_cache_request_in(LIST_INLINE, random);
}

static uint64_t session_cache_check_table(enum list_shape shape)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < session_cache_size.capacity; i++) {
        ref session = long_list_load(shape, session_cache_table(), i);
        for (; !ref_is_null(session);
             session = ref_load(session, SESSION_CHAIN)) {
            sum += mix(session_cache_key(session));
        }
    }
    return sum;
}

static uint64_t session_cache_check(void)
{
    enum list_shape shape = (enum list_shape)session_cache_lists;
    uint64_t sum = 0;
    ref session = ref_load(root_load(session_cache_root[0]), CACHE_NEWEST);
    for (; !ref_is_null(session); session = ref_load(session, SESSION_OLDER)) {
        ref attributes = ref_load(session, SESSION_ATTRIBUTES);
        sum = mix(sum ^ session_cache_key(session));
        for (size_t a = 0; a < (size_t)session_cache_attributes; a++) {
            ref value = list_load(shape, attributes, a);
            sum = mix(sum ^ (string_length(value) * 256 +
                             session_cache_last_byte(value)));
        }
    }
    return mix(sum ^ session_cache_check_table(shape));
}

static const struct workload session_cache = {
    .name = "session-cache",
    .about = "Django's and Rails' caches: found sessions become the newest, "
             "the oldest make room",
    .parameters = session_cache_parameters,
    .parameter_count = LENGTH(session_cache_parameters),
    .load = session_cache_load,
    .request = session_cache_request,
    .check = session_cache_check,
};

#endif
