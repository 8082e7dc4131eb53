# style.gp: how every figure looks: the colours of Okabe and Ito, which the
# colour-blind can tell apart, open marks, a thin grid, the key below.
# Curves that coincide stay visible: each lies on a ribbon of its colour that is
# narrower, and has marks that are smaller, than those of the curve before it;
# marks stand on every third point, and neighbours on different ones.

set termoption noenhanced
set encoding utf8
set border 3 linecolor rgb "#444444" linewidth 1
set tics out nomirror textcolor rgb "#222222"
set grid linetype 1 linecolor rgb "#dddddd" linewidth 0.5
set key outside below center horizontal Left reverse samplen 3 spacing 1.3 \
    maxcols 3 height 0.5 \
    title "\nin parentheses: the last value, ".y_unit
set title figure_title."\n".panel_title
set pointsize 1.6
set xlabel x_label offset 0,0.5
set ylabel y_label.", ".y_unit
set xrange [0:*]
set yrange [0:*]
set autoscale xfixmax
set offsets graph 0.02, graph 0.02, graph 0.05, graph 0.03

colours = "#0072B2 #D55E00 #009E73 #CC79A7 #E69F00 #56B4E9 #000000"
marks = "4 6 8 12 10 1 2"
colour(i) = word(colours, 1 + (i - 1) % words(colours))
mark(i) = int(word(marks, 1 + (i - 1) % words(marks)))
dash(i) = 1 + ((i - 1) / words(colours)) % 4
share(i) = real(series - i) / (series > 1 ? series - 1 : 1)
ribbon(i) = 1.5 + 6.5 * share(i)
size(i) = 1.2 + 0.8 * share(i)
marked(i, point) = int(point) % 3 == i % 3 ? size(i) : 0

do for [i = 1:series] {
    set linetype i linecolor rgb colour(i) dashtype dash(i) \
        linewidth 2 pointtype mark(i)
}

# A logarithmic axis of counts on which 0 has its place: of 1 + x.
if (log_x) {
    set nonlinear x via log10(1 + x) inverse 10 ** x - 1
    set xtics (0)
    do for [decade = 0:6] {
        do for [step in "1 2 5"] {
            set xtics add (step * 10 ** decade)
        }
    }
}
