# major-faults.gp: one curve for each subject, on a ribbon that keeps it visible
# under another, with a band from the smallest to the largest invocation.
plot for [i = 1:series] data index i - 1 using 1:3:4 with filledcurves \
        fillcolor rgb colour(i) fillstyle transparent solid 0.15 noborder \
        notitle, \
     for [i = 1:series] data index i - 1 using 1:2 with lines \
        linecolor rgb colour(i) linewidth ribbon(i) notitle, \
     for [i = 1:series] data index i - 1 using 1:2:(marked(i, $0)) \
        with linespoints linetype i pointsize variable \
        title columnheader(1)." (".word(last_values, i).")"
