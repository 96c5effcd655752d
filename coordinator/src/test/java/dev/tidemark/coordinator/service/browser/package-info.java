/**
 * A real browser for tests: headless Chromium, driven over its DevTools protocol. What a test does it does as a person would, by
 * mouse and keyboard.
 */
package dev.tidemark.coordinator.service.browser;
