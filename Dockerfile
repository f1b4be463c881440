# Images for students, graders and contributors; the guide "Where it runs" says how to run them.
# Python is Debian's own, 3.11, for which constraints.txt was made. Its packages and those of the
# system are not pinned here: an image is built anew to get their corrections.

FROM debian:12-slim AS python
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# The index of torch's builds without CUDA, for images of half the size; "" is with CUDA.
ARG PIP_EXTRA_INDEX_URL=""


FROM python AS wheel
WORKDIR /course
COPY . .
RUN pip install --constraint constraints.txt build hatchling \
    && python -m build --wheel --no-isolation


# What notebooks need, and to hand work in on a hub. No line of a solution is in it.
FROM python AS student
# A hub wants its own version in the images that it starts.
ARG JUPYTERHUB=6.1.1
COPY constraints.txt /tmp/
COPY --from=wheel /course/dist/*.whl /tmp/
# hadolint ignore=SC2211
RUN pip install --constraint /tmp/constraints.txt \
        "$(echo /tmp/*.whl)[notebook]" nbgrader nbgitpuller==1.3.0 "jupyterhub==$JUPYTERHUB" \
    && for part in formgrader course_list; do \
        jupyter server extension disable --sys-prefix "nbgrader.server_extensions.$part"; \
    done \
    && for part in formgrader course-list create-assignment; do \
        jupyter labextension disable --level=sys_prefix "@jupyter/nbgrader:$part"; \
    done \
    && useradd --create-home --uid 1000 student
# A hub starts it as another user, who is not in /etc/passwd, with that user's home.
ENV HOME=/home/student
USER 1000
WORKDIR /home/student
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]


# The environment lies outside of the checkout, because a sandbox shows it to students' code.
FROM python AS grader
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 grader
WORKDIR /course
COPY . .
RUN pip install --constraint constraints.txt --editable ".[grade,cluster]"
# For whatever user owns the course folder.
ENV HOME=/tmp
USER 1000
WORKDIR /work
ENTRYPOINT ["autograder"]
CMD ["doctor"]


FROM python AS contributor
COPY packages.apt /tmp/
# hadolint ignore=DL3008,SC2046
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        git make $(grep -v '^#' /tmp/packages.apt) \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --shell /bin/bash --uid 1000 contributor
USER 1000
