package yamlfile

import (
	"embed"
	"path"
)

// Parse reads a file of a sort and has check look at what it says: check notes what is
// wrong with its meaning, and fills in what may be left out. The error is [Faults]:
// everything that is wrong with the file.
func Parse[T any](name string, data []byte, sort Sort, check func(*Reader, *T)) (T, error) {
	var v, none T
	y, ok := Read(name, data, sort, &v)
	if ok {
		check(y, &v)
	}
	if err := y.Err(); err != nil {
		return none, err
	}
	return v, nil
}

// Built is a file that comes along with the program.
type Built[T any] struct {
	Value T
	Text  []byte // as it was written
}

// BuiltIn parses all files of the embedded folder "builtin", in the order of their
// names. It panics where one cannot be parsed: a test of each package parses its own.
func BuiltIn[T any](files embed.FS, parse func(name string, data []byte) (T, error)) []Built[T] {
	entries, err := files.ReadDir("builtin")
	if err != nil {
		panic("yamlfile: " + err.Error()) // the folder is embedded
	}
	var all []Built[T]
	for _, e := range entries {
		data, err := files.ReadFile(path.Join("builtin", e.Name()))
		if err != nil {
			panic("yamlfile: " + err.Error())
		}
		v, err := parse(e.Name(), data)
		if err != nil {
			panic("yamlfile: " + err.Error())
		}
		all = append(all, Built[T]{v, data})
	}
	return all
}
