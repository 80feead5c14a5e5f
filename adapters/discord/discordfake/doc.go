// Package discordfake is a strict local Discord: REST and gateway on one
// loopback port, speaking the real wire protocol, for tests and for whoever
// wants to try a bot without a server.
//
// It knows nothing of any bot. A test builds a world (AddGuild, AddUser,
// AddChannel), points a client at URL and the gateway that GET /gateway
// names, and then acts as the people in it (Command, Click, SubmitModal,
// Say) and looks at what they would see (See). What the bot did wrong without
// being refused for it is in Violations; what it asked for is in Exchanges.
//
// Start reading at server.go (the options), then rest.go (how a request goes
// through), session.go and gateway.go (how an event goes out), people.go (how
// a person acts). The limits are in check_*.go, each beside its number.
package discordfake
