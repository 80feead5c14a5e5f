package calendar

var Line = line
