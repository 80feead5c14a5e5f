package bot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Whoever tries secrets must learn nothing from how long an answer takes. So none is
// compared sign by sign: what comes from outside is hashed, and looked up by the hash;
// or it is held against the one that is expected in constant time.

// secretive is what something is called that holds a secret.
var secretive = regexp.MustCompile(`(?i)(token|secret|password|passcode|cookie|proof|nonce|csrf|showing|recovery ?code|mac|signature)$`)

// comparing are the calls that compare sign by sign.
var comparing = []string{"bytes.Equal", "bytes.Compare", "strings.Compare", "strings.EqualFold", "strings.Contains", "strings.HasPrefix", "bytes.HasPrefix", "slices.Equal", "slices.Contains", "slices.Index", "reflect.DeepEqual", "maps.Equal"}

// openly are comparisons of what is called so and is no secret of anybody, by file and
// by what is compared, with the reason.
var openly = map[string]string{
	"adapters/openbadges/proof.go: proof != want":     "a field of a file that somebody gave to be checked, held against what that same file says",
	"adapters/pages/link.go: press == Token":          "what a button does, which stands on the page",
	"adapters/web/act.go: b.Token == button":          "likewise",
	"bot/undelivered.go: other.Token == button.Token": "likewise",
}

func TestNoSecretIsComparedSignBySign(t *testing.T) {
	sources, err := readSources(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	looked, used := 0, map[string]bool{}
	for _, s := range sources {
		if s.isTest() || strings.HasSuffix(s.folder, "fake") { // a fake plays a service, in tests
			continue
		}
		looked++
		for _, at := range compared(s.syntax) {
			place := s.file + ": " + at.words
			if openly[place] != "" {
				used[place] = true
				continue
			}
			t.Errorf("%s:%d compares a secret sign by sign: %s", s.file, s.set.Position(at.pos).Line, place)
		}
	}
	if looked < 300 {
		t.Errorf("only %d files were looked at", looked)
	}
	for place := range openly {
		if !used[place] {
			t.Errorf("%s is no longer there: take it off the list", place)
		}
	}
}

// comparison is one place where two things are compared.
type comparison struct {
	pos   token.Pos
	words string
}

// compared gives the comparisons in which something stands that is called like a
// secret. One with nothing, with a length or with a word that stands in the code
// tells nothing.
func compared(file ast.Node) (all []comparison) {
	add := func(at ast.Node, op string, operands ...ast.Expr) {
		var names []string
		for _, o := range operands {
			if known(o) {
				return
			}
			names = append(names, named(o))
		}
		if slices.ContainsFunc(names, secretive.MatchString) {
			all = append(all, comparison{at.Pos(), strings.Join(names, " "+op+" ")})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BinaryExpr:
			if slices.Contains([]token.Token{token.EQL, token.NEQ, token.LSS, token.GTR, token.LEQ, token.GEQ}, x.Op) {
				add(x, x.Op.String(), x.X, x.Y)
			}
		case *ast.CallExpr:
			if name := named(x.Fun); slices.Contains(comparing, name) && len(x.Args) == 2 {
				add(x, name, x.Args...)
			}
		case *ast.SwitchStmt:
			if x.Tag != nil {
				for _, c := range x.Body.List {
					for _, value := range c.(*ast.CaseClause).List {
						add(value, "case", x.Tag, value)
					}
				}
			}
		}
		return true
	})
	return all
}

// known tells whether an operand is nothing that somebody could find out: it stands in
// the code.
func known(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return x.Name == "nil" || x.Name == "true" || x.Name == "false"
	case *ast.CallExpr:
		return named(x.Fun) == "len"
	case *ast.UnaryExpr:
		return known(x.X)
	}
	return false
}

// named gives what an expression is called: the last word of it, with what it belongs
// to where that is a word itself.
func named(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		if of, ok := x.X.(*ast.Ident); ok {
			return of.Name + "." + x.Sel.Name
		}
		return x.Sel.Name
	case *ast.CallExpr:
		if len(x.Args) == 1 { // a conversion, or what reads a field: "r.Get("proof")"
			if lit, ok := x.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				return strings.Trim(lit.Value, "`\"")
			}
			if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "string" {
				return named(x.Args[0])
			}
		}
		return named(x.Fun)
	case *ast.ParenExpr:
		return named(x.X)
	case *ast.StarExpr:
		return named(x.X)
	case *ast.ArrayType:
		return ""
	case *ast.IndexExpr:
		return named(x.X)
	case *ast.SliceExpr:
		return named(x.X)
	}
	return ""
}

// The test above finds what it looks for, and nothing else.
func TestComparingASecretIsFound(t *testing.T) {
	for code, want := range map[string]int{
		`given == l.Token`: 1, `l.Token != given`: 1, `string(secret) == given`: 1, `r.Get("proof") == want`: 1, `bytes.Equal(secret, given)`: 1, `strings.EqualFold(l.Token, given)`: 1, `l.Secret[0] == given[0]`: 1,
		`l.Token == ""`: 0, `len(token) == n`: 0, `hmac.Equal(secret, given)`: 0, `l.ID == idOf(given)`: 0, `subtle.ConstantTimeCompare(secret, given) == 1`: 0, `err == nil`: 0,
	} {
		e, err := parser.ParseExpr(code)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(compared(e)); got != want {
			t.Errorf("%s: %d found, want %d", code, got, want)
		}
	}
}
