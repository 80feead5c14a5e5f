package openbadges

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// base58 is Bitcoin's alphabet, in which multibase writes what begins with z.
const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// mostBase58 bounds what is read: a signature, the longest of it, has 88 signs.
const mostBase58 = 128

var fiftyEight = big.NewInt(58)

// multibase writes bytes as z and base58.
func multibase(data []byte) string {
	var digits []byte
	for n := new(big.Int).SetBytes(data); n.Sign() > 0; {
		digit := new(big.Int)
		n.DivMod(n, fiftyEight, digit)
		digits = append(digits, base58[digit.Int64()])
	}
	for _, b := range data {
		if b != 0 {
			break
		}
		digits = append(digits, base58[0])
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return "z" + string(digits)
}

// fromMultibase reads what multibase wrote.
func fromMultibase(s string) ([]byte, error) {
	rest, ok := strings.CutPrefix(s, "z")
	if !ok || len(rest) > mostBase58 {
		return nil, errors.New("it does not begin with z, as base58 does, or is too long")
	}
	n, zeros := new(big.Int), 0
	for i := range len(rest) {
		digit := strings.IndexByte(base58, rest[i])
		if digit < 0 {
			return nil, fmt.Errorf("%q is no sign of base58", rest[i])
		}
		if digit == 0 && n.Sign() == 0 {
			zeros++
		}
		n.Add(n.Mul(n, fiftyEight), big.NewInt(int64(digit)))
	}
	return append(make([]byte, zeros), n.Bytes()...), nil
}

// ed25519Key marks a public key of Ed25519 in multicodec.
var ed25519Key = []byte{0xed, 0x01}

func keyText(key ed25519.PublicKey) string {
	return multibase(append(bytes.Clone(ed25519Key), key...))
}

func keyOf(text string) (ed25519.PublicKey, error) {
	data, err := fromMultibase(text)
	if err != nil {
		return nil, err
	}
	key, ok := bytes.CutPrefix(data, ed25519Key)
	if !ok || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("it is no public key of Ed25519, which begins with z6Mk")
	}
	return key, nil
}
