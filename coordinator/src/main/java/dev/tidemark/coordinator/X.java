package dev.tidemark.coordinator;

final class X {}
