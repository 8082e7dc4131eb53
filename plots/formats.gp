# formats.gp: draws one figure in every format.  cowlab sets the variables:
# stem (of the files), plots (this directory), script (of the figure), series
# (how many), log_x, figure_title, panel_title, x_label, y_label, y_unit and
# last_values (one word for each series).

data = stem.".dat"

set terminal pngcairo size 1200,800 font "DejaVu Sans,15"
set output stem.".png"
load plots."/style.gp"
load script

set terminal svg size 1200,800 font "DejaVu Sans,18" background "white"
set output stem.".svg"
load plots."/style.gp"
load script

set terminal pdfcairo size 20cm,13.3cm font "DejaVu Sans,11" pointscale 0.6
set output stem.".pdf"
load plots."/style.gp"
load script
