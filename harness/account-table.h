/* account-table.h: the tables of symbols of an account. */
#ifndef HARNESS_ACCOUNT_TABLE_H
#define HARNESS_ACCOUNT_TABLE_H

#include "harness/account.h"

/* Gives the process the table that fits its mappings, made if there is none.
 * Only some tables have their files open, so that descriptors and memory
 * suffice: for a new one the one that was not asked for longest closes them,
 * after all that was blamed on it is named.  Returns 0 or a negative errno. */
int account_table(struct account *account, struct account_process *process);

/* The process's table is asked. */
void account_table_asked(struct account *account,
                         const struct account_process *process);

#endif
