package dev.tidemark.coordinator.archive.object;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where the objects of a namespace are: below {@code ns/NS/}, where NS is the escaped name of the namespace.
 *
 * @param namespace name of the namespace, not escaped
 */
public record NamespaceLayout(String namespace) {
    /** Prefix of everything that belongs to a namespace. */
    public static final String ROOT = "ns/";

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException when it is empty or too long
     */
    public NamespaceLayout {
        ObjectKey.escape(namespace);
    }

    /**
     * Returns the layout of a namespace whose name comes from outside.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when it is empty or too long
     */
    public static NamespaceLayout of(String name) {
        try {
            return new NamespaceLayout(name);
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "namespace name '" + name + "' can't be used in an archive",
                    "Use a name of 1 to 60 letters, digits, dashes and dots.",
                    e);
        }
    }

    /** Returns the names of the namespaces that have any object in a store, ordered by their escaped names. */
    public static List<String> names(ObjectStore store) {
        List<String> names = new ArrayList<>();
        String last = ROOT;
        while (true) {
            List<ObjectInfo> next = store.list(ROOT, last, 1);
            if (next.isEmpty()) {
                return names;
            }
            String segment = next.get(0).key().value().split("/", -1)[1];
            if (ObjectKey.isEscaped(segment)) {
                names.add(ObjectKey.unescape(segment));
            }
            // '0' follows '/': the first key that is not below this namespace.
            last = ROOT + segment + "0";
        }
    }

    /** Returns {@code ns/NS/}. */
    public String prefix() {
        return ROOT + ObjectKey.escape(namespace) + "/";
    }

    /** Returns the key of a name below {@link #prefix}. */
    public ObjectKey key(String relative) {
        return new ObjectKey(prefix() + relative);
    }

    /** Returns the prefix of the wrapped data keys. */
    public String dataKeys() {
        return prefix() + "keys/";
    }

    /** Returns the key of a wrapped data key. */
    public ObjectKey dataKey(int keyId) {
        return key(String.format(Locale.ROOT, "keys/%08d.json", keyId));
    }

    /** Returns the prefix of the marks that data keys were destroyed. */
    public String tombstones() {
        return prefix() + "shredded/";
    }

    /** Returns the key of the mark that the data keys up to one were destroyed. */
    public ObjectKey tombstone(int keyId) {
        return key(String.format(Locale.ROOT, "shredded/%08d", keyId));
    }

    /** Returns the prefix of the packs. */
    public String packs() {
        return prefix() + "packs/";
    }

    /** Returns the key of a pack: the first byte of its id is a folder of its own. */
    public ObjectKey pack(ObjectId id) {
        return key("packs/" + id.toString().substring(0, 2) + "/" + id);
    }

    /** Returns the prefix of the index objects. */
    public String indexes() {
        return prefix() + "index/";
    }

    /** Returns the key of an index object. */
    public ObjectKey index(ObjectId id) {
        return key("index/" + id);
    }

    /** Returns the prefix of the parts of file lists. */
    public String fileLists() {
        return prefix() + "lists/";
    }

    /** Returns the key of a part of a file list. */
    public ObjectKey fileList(ObjectId id) {
        return key("lists/" + id);
    }

    /** Returns the prefix of the manifests. */
    public String manifests() {
        return prefix() + "manifests/";
    }

    /** Returns the name under which the export of a backup is signed; there is never an object of this name. */
    public ObjectKey export(String backupId) {
        return key("export/" + backupId);
    }

    /** Returns the key of a manifest. */
    public ObjectKey manifest(String backupId) {
        return key("manifests/" + backupId);
    }

    /** Returns the prefix of the copies of manifests. */
    public String manifestCopies() {
        return prefix() + "manifestcopies/";
    }

    /** Returns the key of the copy of a manifest. */
    public ObjectKey manifestCopy(String backupId) {
        return key("manifestcopies/" + backupId);
    }

    /** Returns the prefix of the heads of inventories. */
    public String inventories() {
        return prefix() + "inventories/";
    }

    /** Returns the prefix of the parts of inventories. */
    public String packLists() {
        return prefix() + "packlists/";
    }

    /** Returns the prefix of the certificates. */
    public String certificates() {
        return prefix() + "certificates/";
    }

    /** Returns the prefix of the runbooks. */
    public String runbooks() {
        return prefix() + "runbooks/";
    }

    /** Returns the key of a part of a backup's runbook. */
    public ObjectKey runbook(String backupId, String part) {
        return key("runbooks/" + backupId + "/" + part);
    }

    /** Returns the prefix of what verification remembers. */
    public String verified() {
        return prefix() + "verified/";
    }

    /** Tells whether the key is below {@link #prefix}. */
    public boolean contains(ObjectKey key) {
        return key.value().startsWith(prefix());
    }

    /** Returns what follows {@link #prefix} in the name of an object of the namespace. */
    public String relative(ObjectKey key) {
        return key.value().substring(prefix().length());
    }
}
