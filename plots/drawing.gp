# drawing.gp: draws what harness/drawing.c laid out, pixel by pixel.  cowlab sets
# the variables: data (boxes, then texts of four styles), picture (the file),
# pixels_x and pixels_y.

set terminal pngcairo size pixels_x,pixels_y font "DejaVu Sans,9" noenhanced
set output picture
set encoding utf8
unset border
unset tics
unset key
set margins 0, 0, 0, 0
set xrange [0:pixels_x]
set yrange [pixels_y:0]
set style fill solid 1 noborder

plot data index 0 using 1:2:1:($1 + $3):2:($2 + $4):5 \
        with boxxyerror linecolor rgb variable, \
    data index 1 using 1:($2 - 4):3 with labels left font "DejaVu Sans Bold,12", \
    data index 2 using 1:($2 - 4):3 with labels left, \
    data index 3 using 1:($2 - 4):3 with labels left font "DejaVu Sans Bold,9", \
    data index 4 using 1:($2 - 4):3 with labels right font "DejaVu Sans,8"
