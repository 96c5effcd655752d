package dev.tidemark.timestamp.migration;

import dev.tidemark.timestamp.IssuedPoint;
import java.util.ArrayList;
import java.util.List;

/** AtlasDB's limit in memory. */
final class InMemoryForeignBound implements ForeignBound {
    private final List<IssuedPoint> points = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private String name = "here";
    private long limit;
    private long raisedAtTheLastMoment;
    private boolean isInvalidated;

    InMemoryForeignBound(long limit) {
        this.limit = limit;
    }

    /** Gives it another name. */
    InMemoryForeignBound named(String newName) {
        name = newName;
        return this;
    }

    /** Lets AtlasDB raise the limit right before it is invalidated. */
    InMemoryForeignBound raisedAtTheLastMoment(long by) {
        raisedAtTheLastMoment = by;
        return this;
    }

    InMemoryForeignBound with(String other) {
        others.add(other);
        return this;
    }

    InMemoryForeignBound with(IssuedPoint point) {
        points.add(point);
        return this;
    }

    @Override
    public String where() {
        return name;
    }

    @Override
    public boolean isInvalidated() {
        return isInvalidated;
    }

    @Override
    public long read() {
        return limit;
    }

    @Override
    public long invalidate() {
        if (!isInvalidated) {
            limit += raisedAtTheLastMoment;
            isInvalidated = true;
        }
        return limit;
    }

    @Override
    public List<String> alsoStopped() {
        return others;
    }

    @Override
    public List<IssuedPoint> points() {
        return points;
    }

    @Override
    public void close() {}
}
