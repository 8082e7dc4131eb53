/* progress.c: the line that says what the run is doing; see progress.h. */
#include "harness/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/clock.h"
#include "harness/memory.h"

#define DRAW_INTERVAL (NS_PER_SECOND / 10)
#define LETTERS_SHOWN 32 /* of more workers the first ones */

void progress_open(struct progress *progress,
                   const struct experiment *experiment, bool quiet)
{
    *progress = (struct progress){
        .quiet = quiet,
        .terminal = isatty(STDERR_FILENO),
        .experiment = experiment,
        .total = experiment->cell_count * experiment->invocations,
        .letters = xstrdup(""),
    };
}

void progress_close(struct progress *progress)
{
    free(progress->letters);
    progress->letters = NULL;
}

void progress_skip(struct progress *progress)
{
    progress->done++;
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
        return 79;
    return size.ws_col - 1u;
}

/* Seconds until the end, if all goes on as it went; -1 while unknown. */
static long seconds_left(const struct progress *progress)
{
    if (!progress->measured)
        return -1;
    uint64_t mean = progress->measured_ns / progress->measured;
    uint64_t left = mean * (progress->total - progress->done);
    uint64_t spent = clock_now() - progress->begun_ns;
    left -= spent < mean ? spent : mean;
    return (long)(left / NS_PER_SECOND);
}

void progress_clear(struct progress *progress)
{
    if (progress->width)
        fprintf(stderr, "\r%*s\r", (int)progress->width, "");
    progress->width = 0;
}

static void format_line(const struct progress *progress, char *line,
                        size_t size)
{
    const struct cell *cell = progress->cell;
    char eta[32] = "", broken[32] = "";
    long left = seconds_left(progress);
    if (left >= 0)
        snprintf(eta, sizeof eta, " ETA %ld:%02ld", left / 60, left % 60);
    if (progress->broken_percent >= 0)
        snprintf(broken, sizeof broken, " %.1f MiB %.1f%%",
                 progress->private_mib, progress->broken_percent);
    snprintf(line, size,
             "cell %zu/%zu inv %u/%u %s %s w%u burst %u/%u %.*s%s%s",
             progress->cell_number, progress->experiment->cell_count,
             progress->invocation, progress->experiment->invocations,
             cell->subject_label, cell->workload_label, cell->workers,
             progress->burst, cell->regime.bursts, LETTERS_SHOWN,
             progress->letters, broken, eta);
}

static void draw(struct progress *progress)
{
    char line[512];
    uint64_t now = clock_now();
    if (progress->quiet || !progress->terminal ||
        now - progress->drawn_ns < DRAW_INTERVAL)
        return;
    format_line(progress, line, sizeof line);
    line[sizeof line - 1] = '\0';
    size_t width = terminal_width();
    if (width < strlen(line))
        line[width] = '\0';
    progress_clear(progress);
    fputs(line, stderr);
    fflush(stderr);
    progress->width = strlen(line);
    progress->drawn_ns = now;
}

void progress_begin(struct progress *progress, const struct cell *cell,
                    size_t cell_number, unsigned invocation)
{
    progress->cell = cell;
    progress->cell_number = cell_number;
    progress->invocation = invocation;
    progress->burst = 0;
    progress->broken_percent = -1;
    progress->begun_ns = clock_now();
    free(progress->letters);
    progress->letters = xcalloc(cell->workers + 1, 1);
    progress->letters[0] = LETTER_LOADING;
    draw(progress);
}

void progress_end(struct progress *progress, const char *outcome)
{
    uint64_t spent = clock_now() - progress->begun_ns;
    progress->done++;
    progress->measured++;
    progress->measured_ns += spent;
    const struct cell *cell = progress->cell;
    if (progress->terminal && !strcmp(outcome, "valid"))
        return;
    progress_say(progress, "cell %zu/%zu inv %u/%u %s %s w%u: %s, %.1f s",
                 progress->cell_number, progress->experiment->cell_count,
                 progress->invocation, progress->experiment->invocations,
                 cell->subject_label, cell->workload_label, cell->workers,
                 outcome, (double)spent / NS_PER_SECOND);
}

void progress_letter(struct progress *progress, unsigned worker,
                     enum letter letter)
{
    progress->letters[worker] = (char)letter;
    draw(progress);
}

void progress_letters(struct progress *progress, enum letter letter)
{
    memset(progress->letters, letter, progress->cell->workers);
    draw(progress);
}

void progress_tick(struct progress *progress)
{
    draw(progress);
}

void progress_burst(struct progress *progress, unsigned burst)
{
    progress->burst = burst;
    draw(progress);
}

void progress_sampled(struct progress *progress, double private_mib,
                      double broken_percent)
{
    progress->private_mib = private_mib;
    progress->broken_percent = broken_percent;
    progress_letters(progress, LETTER_SAMPLED);
}

void progress_say(struct progress *progress, const char *format, ...)
{
    va_list arguments;
    if (progress->quiet)
        return;
    progress_clear(progress);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}
