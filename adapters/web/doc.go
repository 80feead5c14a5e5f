// Package web is the local workspace: a small chat service of its own, shown in
// a browser, for trying the bot out on one machine. It is a [chat.Platform] like
// the others.
//
// Start at [Workspace] in workspace.go. platform.go is the side that faces the
// bot; say.go and act.go are what people do; deliver.go hands it to the bot;
// api.go lets a page or a script do all of it over HTTP; events.go tells them
// what happens meanwhile; page/ is what the browser loads.
package web
