/**
 * Benchmarks that anybody can run: each figure stands beside a baseline that was measured in the same run, so that what counts is
 * their ratio and not the machine. A <em>figure</em> is one such pair; a <em>repeat</em> is one whole pass over everything that
 * a benchmark measures, its baselines included; a <em>report</em> has the figures of all repeats and describes the machine.
 */
package dev.tidemark.cli.bench;
