/* account-table.c: see account-table.h. */
#include "harness/account-table.h"

#include <string.h>

#include "harness/memory.h"

/* Each takes a descriptor for every file of code, and some megabytes. */
enum { TABLES_OPEN_MOST = 16 };

/* Looks up all that will be asked of a table. */
static void name_sites(const struct account *account, struct symbols *table)
{
    for (size_t i = 0; i < account->sites.capacity; i++) {
        const struct tally_row *row = account->sites.rows[i];
        const struct account_site *site = row ? row->key : NULL;
        if (!site || site->symbols != table)
            continue;
        symbols_find(table, site->instruction);
        if (site->caller)
            symbols_find(table, site->caller);
    }
}

/* Processes that use it look for another the next time. */
static void retire(struct account *account)
{
    struct symbols *table = account->tables[account->retired_count++];
    name_sites(account, table);
    symbols_retire(table);
    for (size_t i = 0; i < account->process_count; i++)
        if (account->processes[i]->symbols == table)
            account->processes[i]->stale = true;
}

/* Finds a table with open files, and moves it to the end; NULL if none fits. */
static struct symbols *find(struct account *account,
                            const struct mappings *mappings)
{
    for (size_t i = account->table_count; i > account->retired_count; i--) {
        struct symbols **at = &account->tables[i - 1], *table = *at;
        if (!symbols_adapt(table, mappings))
            continue;
        memmove(at, at + 1, (account->table_count - i) * sizeof *at);
        return account->tables[account->table_count - 1] = table;
    }
    return NULL;
}

static int make(struct account *account, pid_t pid, struct symbols **table)
{
    if (account->table_count - account->retired_count == TABLES_OPEN_MOST)
        retire(account);
    int result = symbols_open(pid, table);
    if (result)
        return result;
    account->tables = xreallocarray(account->tables, account->table_count + 1,
                                    sizeof(struct symbols *));
    account->tables[account->table_count++] = *table;
    return 0;
}

int account_table(struct account *account, struct account_process *process)
{
    struct symbols *table = find(account, &process->mappings);
    int result = table ? 0 : make(account, process->pid, &table);
    if (!result) {
        process->symbols = table;
        process->stale = false;
    }
    return result;
}
