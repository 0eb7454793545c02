// Checks the log that `emeritus log export` wrote, with nothing of Emeritus: verifier DIR KEY [OLDER_CHECKPOINT].
// golang.org/x/mod is Debian's golang-golang-x-mod-dev, and what every Go build checks its modules with.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type files string

func (dir files) Height() int                     { return 8 }
func (dir files) SaveTiles([]tlog.Tile, [][]byte) {}
func (dir files) ReadTiles(tiles []tlog.Tile) (found [][]byte, err error) {
	for _, tile := range tiles {
		// sumdb has the height of a tile in its path, tlog-tiles has one height only.
		found = append(found, read(string(dir), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return found, nil
}

func read(parts ...string) []byte {
	data, err := os.ReadFile(filepath.Join(parts...))
	must(err)
	return data
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func opened(checkpoint []byte, key string) (tree tlog.Tree) {
	verifier, err := note.NewVerifier(key)
	must(err)
	signed, err := note.Open(checkpoint, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(signed.Text, "\n")
	_, err = fmt.Sscan(lines[1], &tree.N)
	must(err)
	tree.Hash, err = tlog.ParseHash(lines[2])
	must(err)
	return tree
}

func main() {
	dir, key := os.Args[1], os.Args[2]
	tree := opened(read(dir, "checkpoint"), key)
	hashes := tlog.TileHashReader(tree, files(dir))
	for n := int64(0); n < tree.N; {
		tile := tlog.TileForIndex(8, tlog.StoredHashIndex(0, n))
		tile.W = int(min(256, tree.N-n))
		bundle := read(dir, strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		for ; len(bundle) > 0; n++ {
			length := binary.BigEndian.Uint16(bundle)
			entry := bundle[2 : 2+length]
			proof, err := tlog.ProveRecord(tree.N, n, hashes)
			must(err)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entry)))
			bundle = bundle[2+length:]
		}
	}
	for _, older := range os.Args[3:] {
		old := opened(read(older), key)
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Println(tree.N, "entries hold")
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
