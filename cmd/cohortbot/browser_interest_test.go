package main

import (
	"testing"

	"cohortbot/adapters/browsertest"
)

// Somebody of the demonstration registered on the page and chose their own pace: a
// facilitator passes their link on, and with the code on that page what they chose
// happens in an account. All of it on a phone.
func TestFromThePageOfInterestIntoAnAccountInTheDemo(t *testing.T) {
	t.Parallel()
	s := seat{browsertest.New(t)}
	url := demonstration(t)
	s.Dark(false)
	s.Phone()
	s.Sit(url + "/?as=wiremu&place=@cohortbot")
	s.gives("/interest list programme:community-builder")
	s.Sees("#messages .only-you", "2 would like to join the group, 0 to go at their own pace.")
	s.Sees("#messages .only-you", "1 coming, 0 not coming, 3 not answered")
	s.Shot("1-list")
	s.gives("/interest list programme:facilitation-credential")
	s.Sees("#messages .only-you", "Would like to go at their own pace")
	s.press("#messages", "A message for each")
	s.Sees("#messages .only-you", "Hello Rangi,")
	s.Shot("2-message")
	s.follows("/l/")
	s.Reads("Your interest in Facilitation credential", "You said that you'd like to go at your own pace")
	s.Look("3-page")
	typed := browsertest.Eval[string](s.Window, `document.querySelector("main code").textContent`)
	s.Sit(url + "/?as=lena&place=@cohortbot")
	s.gives("/interest connect code:AAAAA-AAAAA")
	s.Sees("#messages .only-you", "Nothing waits under this code")
	s.gives(typed)
	s.Sees("#messages .only-you", "Connected.")
	s.Sees("#messages .only-you", "Your portfolio is started")
	s.Shot("4-connected")
	s.Fits()
}
