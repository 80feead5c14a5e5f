package chat_test

import (
	"strings"
	"testing"

	"cohortbot/bot/chat"
)

func TestRolesIncludeEachOther(t *testing.T) {
	all := []chat.Role{chat.Anyone, chat.Guest, chat.Member, chat.Facilitator, chat.Assessor, chat.Reviewer, chat.Admin}
	want := map[chat.Role]string{
		chat.Anyone: "1000000", chat.Guest: "1100000", chat.Member: "1110000", chat.Facilitator: "1111000",
		chat.Assessor: "1110100", chat.Reviewer: "1110010", chat.Admin: "1111111",
	}
	for _, r := range all {
		got := ""
		for _, other := range all {
			if r.Includes(other) {
				got += "1"
			} else {
				got += "0"
			}
		}
		if got != want[r] {
			t.Errorf("%v: got %s, want %s", r, got, want[r])
		}
	}
}

func TestHelpShowsWhatTheRoleMayDo(t *testing.T) {
	const member = "**What you can type.** A few words are enough; I ask for the rest.\n\n" +
		"- `/home` See what is yours to do\n" +
		"- `/help` See what you can type\n" +
		"- `/reflect` Answer the open prompt\n" +
		"- `/session` list\n" +
		"- `/settings` reminders, leave\n" +
		"- `/peer` ask\n" +
		"- `/evidence` tag\n\n" +
		"In the menu on a message: Ask a peer · Keep as evidence."
	if got := sample.Help(chat.Member).Text; got != member {
		t.Errorf("got\n%s\nwant\n%s", got, member)
	}
	for role, wants := range map[chat.Role][2]string{
		chat.Anyone:      {"`/settings` reminders\n", "leave"},
		chat.Facilitator: {"`/session` schedule, move, cancel, list\n", "`/portfolio"},
		chat.Assessor:    {"`/portfolio` assess", "`/plan"},
		chat.Admin:       {"`/plan` insert", "tidy"},
	} {
		got := sample.Help(role).Text + "\n"
		if !strings.Contains(got, wants[0]) || strings.Contains(got, wants[1]) {
			t.Errorf("%v: want %q and no %q in\n%s", role, wants[0], wants[1], got)
		}
	}
}

func TestHelpOnANoun(t *testing.T) {
	for _, c := range []struct {
		noun string
		role chat.Role
		want string
	}{
		{"/Sessions", chat.Member, "`/session list` See the coming sessions"},
		{"session schedule", chat.Facilitator, "`/session schedule` Schedule a session\n" +
			"  It takes title, when, length (if you like), agenda (if you like) and slides (if you like).\n" +
			"  For example: `/session schedule title:\"Q&A\" when:\"thu 9am\"`"},
		{"plan", chat.Member, "`/plan` is for facilitators."},
		{"sesion", chat.Member, "I don't know /sesion. Did you mean /session? Its verbs are schedule, move, cancel and list. /help shows everything."},
		{"tidy", chat.Admin, "I don't know /tidy. /help shows everything."},
	} {
		got := sample.HelpOn(c.noun, c.role).Text
		if got != c.want {
			t.Errorf("%s for %v:\n got %s\nwant %s", c.noun, c.role, got, c.want)
		}
	}
	if got := sample.HelpOn("session", chat.Facilitator).Text; strings.Count(got, "`/session ") < 4 || strings.Contains(got, "cleanup") {
		t.Errorf("want the four verbs in\n%s", got)
	}
}

func TestReferenceHasEveryCommandThatCanBeTyped(t *testing.T) {
	got := sample.Reference()
	for _, c := range sample {
		heading := "\n### /" + c.Path + "\n"
		if !strings.Contains(c.Path, " ") {
			heading = "\n## /" + c.Path + "\n"
		}
		if strings.Contains(got, heading) == c.Hidden {
			t.Errorf("%s: hidden is %v", c.Path, c.Hidden)
		}
	}
	for _, want := range []string{
		"| `when` | When? | yes | `thu 9am` |",
		"| `how` | How many (`usual`, `fewer` or `off`) | yes | `usual` |",
		"Also in the menu on a message, as “Ask a peer”.",
		"`/session schedule title:\"Q&A\" when:\"thu 9am\"`",
		"For facilitators.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
}
