package dev.tidemark.cli.demo;

/**
 * Something that must hold, and whether it does.
 *
 * @param name what must hold
 * @param isPassed whether it does
 * @param detail the numbers behind it
 */
public record Check(String name, boolean isPassed, String detail) {}
