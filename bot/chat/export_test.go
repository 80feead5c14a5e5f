package chat

// QuoteTyped lets the tests write values the way Usage does.
var QuoteTyped = quoteTyped
