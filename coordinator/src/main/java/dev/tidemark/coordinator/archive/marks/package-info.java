/**
 * Marks on objects of a namespace: condemned ones, which nothing new may refer to and which garbage collection removes after
 * its grace, and damaged ones, which are stored again as soon as somebody has their content. See docs/archive-format.rst.
 */
package dev.tidemark.coordinator.archive.marks;
