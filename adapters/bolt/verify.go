package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"cohortbot/bot/store"
)

// bbolt trusts its file: a page that points nowhere ends the process, out of
// reach of recover, since bbolt reads the whole tree in goroutines of its own as
// it opens. So the tree is walked here first, by plain reads that can only fail.
// Values carry no checksum; what is wrong inside one shows when it is decoded.
//
// The layout is bbolt's (internal/common), in the machine's own byte order.
const (
	pageHead   = 16 // id 8, flags 2, count 2, overflow 4
	elementLen = 16 // branch: pos 4, key 4, page 8; leaf: flags 4, pos 4, key 4, value 4
	bucketHead = 16 // root page 8 (0: the page follows inline), sequence 8
	metaLen    = 64

	isBranch   = 0x01
	isLeaf     = 0x02
	isFreeList = 0x10
	isBucket   = 0x01 // of a leaf's element

	noFreeList  = 1<<64 - 1 // what this program writes; bbolt's own tools write a list
	boltMagic   = 0xED0CDAED
	boltVersion = 2
)

var order = binary.NativeEndian

type verifier struct {
	file     io.ReaderAt
	pageSize int64
	pages    uint64 // that the file says it has
	seen     []bool
}

// verify returns store.ErrCorrupt, with the place, if the file at path cannot be
// a whole store. It reads every page in use once.
func verify(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	newest, err := readMetas(file)
	if err != nil {
		return err
	}
	if held := uint64(info.Size() / newest.pageSize); held < newest.pages {
		return damage("it ends after %d of %d pages: it was cut off", held, newest.pages)
	}
	v := verifier{file: file, pageSize: newest.pageSize, pages: newest.pages, seen: make([]bool, newest.pages)}
	if err := v.tree(newest.root, nil, nil); err != nil || newest.free == noFreeList {
		return err
	}
	return v.freeList(newest.free)
}

func damage(format string, args ...any) error {
	return fmt.Errorf("%w: %s", store.ErrCorrupt, fmt.Sprintf(format, args...))
}

type meta struct {
	pageSize          int64
	root, pages, txid uint64
	free              uint64 // page of the free list, or noFreeList
}

// readMetas reads both header pages and returns the newer. bbolt would go on
// with one of them, which then may be the older: the last change would be gone
// without a word. A crash cannot cause that, for what it writes of such a page is
// less than one sector of the disk; so one bad header is damage like any other.
func readMetas(file io.ReaderAt) (meta, error) {
	first, err := readMeta(file, 0)
	if err != nil {
		return first, err
	}
	second, err := readMeta(file, first.pageSize)
	if err != nil || second.pageSize != first.pageSize {
		return second, damage("its second header page is not one")
	}
	if second.txid > first.txid {
		return second, nil
	}
	return first, nil
}

func readMeta(file io.ReaderAt, at int64) (meta, error) {
	m := make([]byte, metaLen)
	if _, err := file.ReadAt(m, at+pageHead); err != nil && err != io.EOF {
		return meta{}, err
	}
	sum := fnv.New64a()
	sum.Write(m[:metaLen-8])
	if order.Uint32(m) != boltMagic || order.Uint32(m[4:]) != boltVersion || order.Uint64(m[metaLen-8:]) != sum.Sum64() {
		return meta{}, damage("its header page at byte %d is not one", at)
	}
	read := meta{
		pageSize: int64(order.Uint32(m[8:])),
		root:     order.Uint64(m[16:]),
		free:     order.Uint64(m[32:]),
		pages:    order.Uint64(m[40:]),
		txid:     order.Uint64(m[48:]),
	}
	if read.pageSize < 1024 {
		return meta{}, damage("its header page at byte %d has pages of %d bytes", at, read.pageSize)
	}
	return read, nil
}

// tree checks the page with this id and all below it, whose keys must lie in
// [min, max); nil is no bound.
func (v *verifier) tree(id uint64, min, max []byte) error {
	page, err := v.read(id)
	if err != nil {
		return err
	}
	return v.page(page, id, min, max)
}

// read returns a page with those it runs on into.
func (v *verifier) read(id uint64) ([]byte, error) {
	if id < 2 || id >= v.pages {
		return nil, damage("it refers to page %d of %d", id, v.pages)
	}
	page := make([]byte, v.pageSize)
	if _, err := v.file.ReadAt(page, int64(id)*v.pageSize); err != nil {
		return nil, err
	}
	more := uint64(order.Uint32(page[12:]))
	if order.Uint64(page) != id || more >= v.pages-id {
		return nil, damage("page %d is something else", id)
	}
	for i := id; i <= id+more; i++ {
		if v.seen[i] {
			return nil, damage("page %d is referred to twice", i)
		}
		v.seen[i] = true
	}
	if more > 0 {
		page = append(page, make([]byte, int64(more)*v.pageSize)...)
		if _, err := v.file.ReadAt(page[v.pageSize:], int64(id+1)*v.pageSize); err != nil {
			return nil, err
		}
	}
	return page, nil
}

func (v *verifier) page(page []byte, id uint64, min, max []byte) error {
	flags, count := order.Uint16(page[8:]), int(order.Uint16(page[10:]))
	if flags != isBranch && flags != isLeaf || pageHead+count*elementLen > len(page) {
		return damage("page %d is something else", id)
	}
	if flags == isBranch && count == 0 {
		return damage("page %d is empty", id)
	}
	var key []byte
	for i := range count {
		next, value, child, err := element(page, i, flags)
		if err != nil {
			return damage("page %d: %v", id, err)
		}
		if i > 0 && bytes.Compare(next, key) <= 0 || bytes.Compare(next, min) < 0 || max != nil && bytes.Compare(next, max) >= 0 {
			return damage("page %d has keys out of order", id)
		}
		key = next
		switch {
		case flags == isBranch:
			below := max
			if i+1 < count {
				if below, _, _, err = element(page, i+1, flags); err != nil {
					return damage("page %d: %v", id, err)
				}
			}
			err = v.tree(child, key, below)
		case child == isBucket:
			err = v.bucket(value, id)
		case child != 0:
			err = damage("page %d: element %d is of no known kind", id, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) bucket(value []byte, id uint64) error {
	switch {
	case len(value) < bucketHead:
		return damage("page %d has a bucket cut short", id)
	case order.Uint64(value) != 0:
		return v.tree(order.Uint64(value), nil, nil)
	case len(value) < bucketHead+pageHead:
		return damage("page %d has a bucket cut short", id)
	}
	return v.page(value[bucketHead:], id, nil, nil)
}

// freeList checks that no page is both free and in use.
func (v *verifier) freeList(id uint64) error {
	page, err := v.read(id)
	if err != nil {
		return err
	}
	list, count := page[pageHead:], uint64(order.Uint16(page[10:]))
	if count == 0xFFFF { // too many for the head: the first entry is the number
		count, list = order.Uint64(list), list[8:]
	}
	if order.Uint16(page[8:]) != isFreeList || count > uint64(len(list)/8) {
		return damage("page %d is not a list of free pages", id)
	}
	for ; count > 0; count, list = count-1, list[8:] {
		free := order.Uint64(list)
		if free < 2 || free >= v.pages || v.seen[free] {
			return damage("page %d is both free and in use, or does not exist", free)
		}
		v.seen[free] = true
	}
	return nil
}

// element returns the key of a page's element, and of a branch the child page,
// of a leaf the value and in child its flags.
func element(page []byte, i int, flags uint16) (key, value []byte, child uint64, err error) {
	at := pageHead + i*elementLen
	e := page[at:]
	pos, keyLen, valueLen := order.Uint32(e), order.Uint32(e[4:]), uint32(0)
	child = order.Uint64(e[8:])
	if flags == isLeaf {
		child = uint64(order.Uint32(e))
		pos, keyLen, valueLen = order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])
	}
	start := uint64(at) + uint64(pos)
	middle, end := start+uint64(keyLen), start+uint64(keyLen)+uint64(valueLen)
	if pos < elementLen || end > uint64(len(page)) {
		return nil, nil, 0, fmt.Errorf("element %d reaches outside", i)
	}
	return page[start:middle], page[middle:end], child, nil
}
