package main

type rehearseCommand struct{}
