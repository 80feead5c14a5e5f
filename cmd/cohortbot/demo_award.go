package main

import (
	"fmt"

	"cohortbot/bot/chat"
)

// This file is how one member of the demonstration came to a certificate: a portfolio
// of her own, the words of three people, a picture, and an assessor who read it all.

func (p *play) award() {
	at, kiri := p.harbourIn, private("kiri")
	p.types(at(8, 2, 12, 0), "kiri", kiri, "/portfolio start programme:facilitation-credential group:alone", nil)
	for i, text := range kirisTexts {
		p.types(at(9, i, 19, 0), "kiri", kiri, "/portfolio write part:"+text.part, map[string]string{"text": text.text})
	}
	for i, said := range kirisWitnesses {
		p.types(at(10, 0, 12+i, 5), "kiri", kiri, fmt.Sprintf(`/attest ask who:@%s role:%s about:"the table at the gate"`, said.who, said.role), nil)
		p.presses(at(10, 2, 12+i, 10), said.who, private(said.who), "Write a few words", map[string]string{
			"saw": said.saw, "helped": said.helped, "relation": said.relation, "since": "last winter", "show": "yes", "badge": said.badge, "conflict": "no",
		})
	}
	p.replies(at(10, 2, 17, 0), "kiri", "harbour", "The gate, on the evening when the table first stood outside.", chat.File{
		Name: "the-gate.png", Type: "image/png", Data: gatePicture(), Alt: "A garden gate standing half open in a long hedge, seen from the road.",
	})
	p.menu(at(10, 2, 17, 10), "kiri", under(channel("harbour")), "when the table first stood outside", "evidence keep", nil)
	p.types(at(10, 2, 18, 0), "kiri", kiri, `/hours log text:"6h planning and hosting the table" for:practice`, nil)
	p.types(at(10, 3, 12, 0), "kiri", kiri, "/evidence show 1", map[string]string{"file1": "agreed"}, "Say who agreed")
	p.types(at(10, 3, 12, 10), "kiri", kiri, "/portfolio papers", map[string]string{"items1": "The gate"})
	p.types(at(10, 4, 12, 0), "kiri", kiri, "/portfolio submit", nil, "Submit it")
	p.types(at(11, 0, 10, 0), "wiremu", private("wiremu"), "/portfolio desk", map[string]string{"person": "lena"}, "Appoint an assessor for Kiri")
	p.presses(at(11, 1, 21, 0), "lena", private("lena"), "Begin", map[string]string{"conflict": "none"})
	for i, feedback := range kirisFeedback {
		p.types(at(11, 1, 21, 5+i), "lena", private("lena"), "/portfolio judge", map[string]string{"result": "met", "feedback": feedback})
	}
	p.types(at(11, 1, 21, 30), "lena", private("lena"), "/portfolio decide", map[string]string{
		"words": "I read it twice, the second time for pleasure. Your last page is a plan that I would like to see.",
	}, "Give the result")
}

var kirisTexts = []struct{ part, text string }{
	{"background", "I moved into the street behind the harbour four years ago and knew nobody.\n\nI am the one who keeps the key to the shed now, so people knock. That is my part in it: I am easy to find."},
	{"case-study", "A table at the gate, every Wednesday for six weeks.\n\nI did not ask anybody to come. I put out two cups and sat down. On the second evening the man with the ladder stopped. On the fourth there were eleven of us and no chairs left, and somebody went home for more. I planned the fifth with three of them on the back of an envelope: who brings what, who lights the lamp, who walks home with whom.\n\nWhat came of it is a list of what each of us can do for the others, and it hangs in the shed."},
	{"reflections", "I talk when I am nervous. Sione told me so, kindly, and since then I have counted to ten with my hands around the cup.\n\nI used to think that hosting is having everything ready. People came closer when something was missing."},
	{"next", "The next table stands at the other end of the street, and I am not the one who hosts it. I carry the chairs."},
}

var kirisWitnesses = []struct{ who, role, saw, helped, relation, badge string }{
	{"tui", "participant", "She put out two cups and waited. When I sat down she did not ask me anything, for quite a while.", "That I could leave at any time.", "I live at number nine", "yes"},
	{"sione", "participant", "By the fourth week she hardly spoke, and everybody else did.", "She asked each of us for one small thing to bring.", "we sing in the same choir", "no"},
	{"wiremu", "mentor", "I watched her plan the fifth evening with three neighbours. The envelope was theirs in the end, not hers.", "She hands over the pen.", "I facilitate the group that she learns in", "yes"},
}

var kirisFeedback = []string{
	"The envelope shows it: planned with those who came, and changed by them.",
	"Tui and Sione say it better than I could.",
	"The man with the ladder, and everybody after him.",
	"The list in the shed is used. That is coordination.",
	"You took what Sione said and did something with it.",
}
