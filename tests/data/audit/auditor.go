// Checks what `emeritus audit export` wrote, with nothing of Emeritus: auditor BUNDLE KEY. Says no with the name of
// the first entry that does not hold. What facts.json and report.html say is left to whoever reads the entries.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var bundle *zip.ReadCloser

func must(name string, err error) {
	if err != nil {
		fmt.Printf("no: %s: %v\n", name, err)
		os.Exit(1)
	}
}

func require(holds bool, name, why string) {
	if !holds {
		must(name, errors.New(why))
	}
}

// What is asked of an entry is told by its name, whichever of its files is read.
func read(name, file string) []byte {
	data, err := fs.ReadFile(bundle, file)
	must(name, err)
	return data
}

func decoded(name, file string, into any) []byte {
	data := read(name, file)
	must(name, json.Unmarshal(data, into))
	return data
}

func opened(file string, keys ...string) (tree tlog.Tree) {
	var known []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		must("the key", err)
		known = append(known, verifier)
	}
	signed, err := note.Open(read(file, file), note.VerifierList(known...))
	must(file, err)
	lines := strings.Split(signed.Text, "\n")
	require(len(lines) == 4 && lines[0] == strings.Split(os.Args[2], "+")[0], file, "it is of another log")
	_, err = fmt.Sscan(lines[1], &tree.N)
	must(file, err)
	tree.Hash, err = tlog.ParseHash(lines[2])
	must(file, err)
	return tree
}

// From which entry, or which earlier size of the log, a proof leads to the checkpoint of this bundle.
func proof(name, file, kind string) (number int64, hashes []tlog.Hash) {
	text, checkpoint, _ := strings.Cut(string(read(name, file)), "\n\n")
	require(strings.HasPrefix(text, kind), name, "no proof in "+file)
	require(checkpoint == string(read(name, "checkpoint")), name, file+" leads to another checkpoint")
	lines := strings.Split(strings.TrimPrefix(text, kind), "\n")
	_, err := fmt.Sscan(lines[0], &number)
	must(name, err)
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		must(name, err)
		hashes = append(hashes, hash)
	}
	return number, hashes
}

type place struct {
	Digest, Stream string
	Version        int
}

type words struct{ Salt, Text string }

func main() {
	var err error
	bundle, err = zip.OpenReader(os.Args[1])
	must(os.Args[1], err)
	var about struct {
		Retirement string
		Entries    int
	}
	decoded("bundle", "bundle", &about)
	tree := opened("checkpoint", os.Args[2])
	texts, known := map[string]words{}, map[string]bool{}
	decoded("texts.json", "texts.json", &texts)
	before := make([]byte, sha256.Size)
	for n := 1; n <= about.Entries; n++ {
		name := fmt.Sprintf("entries/%d.json", n)
		var says, leaf place
		stored := decoded(name, name, &says)
		logged := decoded(name, fmt.Sprintf("leaves/%d.json", n), &leaf)
		chained := sha256.Sum256(append(before, stored...))
		before = chained[:]
		require(leaf.Digest == "sha256:"+hex.EncodeToString(before), name, "its bytes are not those in the log")
		expected := place{leaf.Digest, about.Retirement, n}
		says.Digest = leaf.Digest
		require(says == expected && leaf == expected, name, "it is another entry")
		index, hashes := proof(name, fmt.Sprintf("proofs/%d.tlog-proof", n), "c2sp.org/tlog-proof@v1\nindex ")
		must(name, tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(logged)))
		for commitment, one := range texts {
			if bytes.Contains(stored, []byte(`{"prose":"`+commitment+`"}`)) {
				salt, err := hex.DecodeString(one.Salt)
				must(name, err)
				hashed := sha256.Sum256(append(salt, one.Text...))
				require(commitment == "sha256:"+hex.EncodeToString(hashed[:]), name, "other words are kept beside it")
				known[commitment] = true
			}
		}
		known[name] = true
	}
	require(about.Entries > 0, "bundle", "it has no entries")
	for commitment := range texts {
		require(known[commitment], "texts.json", "it has words that no entry holds")
	}
	for _, file := range bundle.File {
		require(!strings.HasPrefix(file.Name, "entries/") || known[file.Name], file.Name, "it is one more")
		if strings.HasPrefix(file.Name, "checkpoints/") {
			// What an earlier key signed is proven by what the given one did.
			old := opened(file.Name, strings.Fields(string(read("keys", "keys")))...)
			size, hashes := proof(file.Name, strings.Replace(file.Name, "checkpoints", "consistency", 1), "old ")
			require(size == old.N, file.Name, "its proof is that of another checkpoint")
			must(file.Name, tlog.CheckTree(hashes, tree.N, tree.Hash, old.N, old.Hash))
		}
	}
	fmt.Printf("yes: %d entries of %s, under a checkpoint of %d\n", about.Entries, about.Retirement, tree.N)
}
