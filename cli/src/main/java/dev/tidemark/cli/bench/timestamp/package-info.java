/**
 * The benchmark of the timestamp oracle and of its peers. A <em>caller</em> asks for one timestamp after the other; a <em>load</em> is
 * what many callers saw in a while: how much they got, how long each answer took, and what that cost the server's process. Servers
 * run in processes of their own, and all callers in this one.
 */
package dev.tidemark.cli.bench.timestamp;
