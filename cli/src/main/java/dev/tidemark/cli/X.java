package dev.tidemark.cli;

final class X {}
