/**
 * The rules of structure that the compiler does not know, as tests over the compiled classes of all modules. {@code sample}
 * holds classes that break each of them, so that every rule is seen to fail.
 */
package dev.tidemark.architecture;
