package programmes

import (
	"strings"
	"testing"
)

func TestTheBuiltInProgrammesAreWhole(t *testing.T) {
	for _, p := range BuiltIn() {
		n := 0
		for _, ph := range p.Phases {
			for _, w := range ph.Weeks {
				n++
				out, err := w.Render(p.scene(n))
				if err != nil || out == "" {
					t.Errorf("%s week %d: %q, %v", p.ID, n, out, err)
				}
				if got := strings.Count(out, "?"); got < 1 || got > 2 {
					t.Errorf("%s week %d asks %d questions", p.ID, n, got)
				}
				if len(strings.Fields(out)) > 80 {
					t.Errorf("%s week %d has %d words; it should be read in half a minute", p.ID, n, len(strings.Fields(out)))
				}
				if strings.Contains(out, "!") {
					t.Errorf("%s week %d shouts", p.ID, n)
				}
			}
		}
		if out, err := RenderText(p.Welcome, p.scene(1)); err != nil || p.Weeks() > 0 && !strings.Contains(out, "Harbour") || out == "" {
			t.Errorf("%s: welcome %q, %v", p.ID, out, err)
		}
	}
}

func TestCommunityBuilderHasItsShape(t *testing.T) {
	p, ok := Find("community-builder")
	if !ok || p.Weeks() != 12 || len(p.Phases) != 3 {
		t.Fatalf("found %v with %d weeks in %d phases", ok, p.Weeks(), len(p.Phases))
	}
	strands := map[string]int{}
	for i, want := range []int{6, 5, 1} {
		if got := len(p.Phases[i].Weeks); got != want {
			t.Errorf("phase %s has %d weeks, want %d", p.Phases[i].ID, got, want)
		}
		for _, w := range p.Phases[i].Weeks {
			strands[w.Strand]++
		}
	}
	if strands["ideas"] != 3 || strands["techniques"] != 3 || strands["experiment"] != 5 {
		t.Errorf("strands %v", strands)
	}
	if p.Members != (Word{"Explorer", "Explorers"}) || p.OwnPace || len(p.Graduate) != 4 {
		t.Errorf("members %v, own pace %v, graduate %v", p.Members, p.OwnPace, p.Graduate)
	}
	if l, ok := Find("learning-group"); !ok || !l.OwnPace || len(l.Strands) != 0 {
		t.Errorf("learning-group: %v, own pace %v", ok, l.OwnPace)
	}
	if _, ok := Find("nothing"); ok {
		t.Error("found a programme that does not exist")
	}
}

func TestACallerMayChangeWhatBuiltInGave(t *testing.T) {
	p, _ := Find("community-builder")
	p.Phases[0].Weeks[0].Title, p.Strands[0].Title, p.Graduate[0].Text, p.Phases[1].Title = "x", "x", "x", "x"
	again, _ := Find("community-builder")
	if again.Phases[0].Weeks[0].Title == "x" || again.Strands[0].Title == "x" || again.Graduate[0].Text == "x" || again.Phases[1].Title == "x" {
		t.Error("the built-in programme changed too")
	}
}
