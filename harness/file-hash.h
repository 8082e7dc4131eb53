/* file-hash.h: what a file is, in 16 digits. */
#ifndef HARNESS_FILE_HASH_H
#define HARNESS_FILE_HASH_H

enum { FILE_HASH_SIZE = 17 };

/* xxh64 of the bytes from where an open file stands to its end, as 16
 * hexadecimal digits.  Returns 0, or -1 and errno. */
int file_hash(int file, char hash[FILE_HASH_SIZE]);

/* The same of the file behind a path. */
int file_hash_path(const char *path, char hash[FILE_HASH_SIZE]);

#endif
