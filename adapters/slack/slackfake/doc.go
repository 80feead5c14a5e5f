// Package slackfake is a strict local Slack: the Web API and Socket Mode on a
// loopback address, speaking the real wire protocol, with people inside who can
// type commands, press buttons, fill in forms and read what they were sent.
// Tests use it in place of slack.com, and so can anybody who wants to try an app
// without a workspace. It knows nothing of the app that talks to it.
//
// Strict means that what the real service would refuse is refused here with the
// same code (scopes, kinds of token, membership, limits of Block Kit, triggers
// and sockets used twice), and that what it would let pass without a word (an
// acknowledgement on another socket, too late, or twice) is kept as a Violation.
//
// Start reading at New and Options (server.go); people.go is what members do,
// see.go what they see; drills.go is how to make things go wrong. On the inside,
// call.go is the way of a Web API call, link.go that of a socket, deliver.go that
// of an envelope, and check.go holds Block Kit's limits.
package slackfake
