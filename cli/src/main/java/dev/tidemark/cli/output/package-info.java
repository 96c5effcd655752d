/**
 * How results and progress look to a person: tables, sizes, durations, progress. Results go to standard output, progress to
 * standard error.
 */
package dev.tidemark.cli.output;
