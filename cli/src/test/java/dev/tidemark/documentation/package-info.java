/**
 * The documentation as test input: a <em>page</em> is a file below {@code docs} or the README, an <em>example</em> a command
 * on it with what it must print.
 */
package dev.tidemark.documentation;
