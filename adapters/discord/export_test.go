package discord

import "net/http"

// CloseIdle closes the connections that wait for another call.
func CloseIdle(d *Discord) { d.rest.http.Transport.(*http.Transport).CloseIdleConnections() }
