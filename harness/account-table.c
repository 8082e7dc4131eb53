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

/* A process that uses it looks for another the next time, in this batch too
 * unless it was given this one in it: what more programs than there may be
 * tables do at once does not open tables without end. */
static void look_anew(const struct account *account,
                      struct account_process *process)
{
    process->stale = true;
    if (process->tabled_with != account->batch)
        process->refreshed_with = 0;
}

static void retire(struct account *account)
{
    struct symbols *table = account->tables[account->retired_count++];
    name_sites(account, table);
    symbols_retire(table);
    for (size_t i = 0; i < account->process_count; i++)
        if (account->processes[i]->symbols == table)
            look_anew(account, account->processes[i]);
}

/* Tables that are asked are at the end, where none is retired. */
static struct symbols *move_to_end(struct account *account, size_t index)
{
    struct symbols **at = &account->tables[index], *table = *at;
    memmove(at, at + 1, (account->table_count - 1 - index) * sizeof *at);
    return account->tables[account->table_count - 1] = table;
}

/* Finds a table with open files; NULL if none fits. */
static struct symbols *find(struct account *account,
                            const struct mappings *mappings)
{
    for (size_t i = account->table_count; i > account->retired_count; i--)
        if (symbols_adapt(account->tables[i - 1], mappings))
            return move_to_end(account, i - 1);
    return NULL;
}

void account_table_asked(struct account *account,
                         const struct account_process *process)
{
    for (size_t i = account->table_count; i > account->retired_count; i--)
        if (account->tables[i - 1] == process->symbols) {
            move_to_end(account, i - 1);
            return;
        }
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
    process->tabled_with = account->batch;
    struct symbols *table = find(account, &process->mappings);
    int result = table ? 0 : make(account, process->pid, &table);
    if (!result) {
        process->symbols = table;
        process->stale = false;
    }
    return result;
}
