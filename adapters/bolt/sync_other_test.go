//go:build !linux

package bolt

import "os"

func syncData(file *os.File) error { return file.Sync() }
