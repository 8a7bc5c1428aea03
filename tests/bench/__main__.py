"""`python -m tests.bench [--photos DIR] [--faces DIR] [--peers]`: every benchmark, one after the other."""

from __future__ import annotations

from tests.bench import checks, console, cost, deployment, faces, imaging, library, pipeline, search

if __name__ == "__main__":
    imaging.main()
    pipeline.main()
    cost.main()
    search.main()
    faces.main()
    library.main()
    console.main()
    deployment.main()
    checks.main()
