package bolt

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData is the fsync that bbolt itself uses here.
func syncData(file *os.File) error { return unix.Fdatasync(int(file.Fd())) }
