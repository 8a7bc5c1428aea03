"""`python -m tests.bench [--photos DIR] [--peers]`: every benchmark, one after the other."""

from __future__ import annotations

from tests.bench import console, cost, deployment, imaging, pipeline, search

if __name__ == "__main__":
    imaging.main()
    pipeline.main()
    cost.main()
    search.main()
    console.main()
    deployment.main()
