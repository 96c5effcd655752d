/**
 * The short way to a fresh timestamp: a handler of the web server that stands before everything else and answers the requests
 * for timestamps by itself. What it does not know in every detail it <em>passes on</em> to the resources behind it, and so every
 * error, every namespace that is yet to be created and every unusual form of a request has one answer, which is theirs.
 *
 * <p>Invariants: the body of an answer is, byte for byte, what the resource would have answered; nothing waits on the thread that
 * reads from connections; a request is answered from an oracle that is open, or passed on with its body whole.
 */
package dev.tidemark.timestamp.hot;
