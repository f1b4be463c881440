"""Kernels with a GPU: what they find in the sandbox, and, where CUDA is, what they can do."""

from __future__ import annotations

import os
import stat

import pytest
import torch

from autograder.grader.kernels import gpu, sandbox
from autograder.grader.kernels.inside.limits import WITH_GPU, Limits

needs_cuda = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA on this machine"),
]


def argv(limits: Limits) -> list[str]:
    built = sandbox.build("bwrap", ["true"], limits)
    for file in built.files:
        os.close(file)
    return built.argv


def test_devices_are_bound_for_a_kernel_with_a_gpu_alone(monkeypatch):
    devices = ["/dev/nvidia0", "/dev/nvidiactl"]
    monkeypatch.setattr(sandbox, "gpu_devices", lambda: devices)
    assert not any("nvidia" in word for word in argv(Limits()))
    words = argv(WITH_GPU)
    for device in devices:
        at = words.index(device)
        assert words[at - 1 : at + 2] == ["--dev-bind", device, device]
        assert at < words.index("--remount-ro")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((), []),
        (("nvidiactl", "nvidia-uvm"), []),
        (("nvidia0", "nvidiactl"), ["nvidia0", "nvidiactl"]),
    ],
)
def test_a_driver_without_a_gpu_is_none(names, found, tmp_path, monkeypatch):
    for name in names:
        (tmp_path / name).touch()
    monkeypatch.setattr(sandbox, "DEVICES", tmp_path)
    assert sandbox.gpu_devices() == [str(tmp_path / name) for name in found]


def test_a_device_is_seen_inside(kernels, monkeypatch):
    """With the system's own /dev/full under another's name: it is a device, and it works."""
    source = "/dev/full"
    assert stat.S_ISCHR(os.stat(source).st_mode)
    monkeypatch.setattr(sandbox, "gpu_devices", lambda: [source])
    assert kernels.tell(f"open({source!r}, 'wb', 0).write(b'x')", limits=WITH_GPU) == (
        "OSError: [Errno 28] No space left on device"
    )


def test_which_gpu_is_told_inside(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert gpu.variables()["CUDA_VISIBLE_DEVICES"] == "1"
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert "CUDA_VISIBLE_DEVICES" not in gpu.variables()


def test_a_machine_without_a_gpu_is_told_so(monkeypatch):
    monkeypatch.setattr(sandbox, "gpu_devices", list)
    sentence = gpu.probe_gpu.__wrapped__().sentence()
    assert sentence.startswith(("No CUDA: this machine has no /dev/nvidia0.", "No sandbox:"))


def test_a_gpu_that_cannot_be_used_is_told_with_the_reason(monkeypatch):
    if gpu.probe().refusal:
        pytest.skip(gpu.probe().refusal)
    monkeypatch.setattr(sandbox, "gpu_devices", lambda: ["/dev/full"])
    monkeypatch.setattr(gpu, "_TRIAL", "import sys; sys.exit('the driver is too old')")
    assert gpu.probe_gpu.__wrapped__().refusal == (
        "No CUDA in a sandbox, although there is a GPU: the driver is too old."
    )


class TestWithCuda:
    pytestmark = needs_cuda

    def test_the_trial_computes(self):
        found = gpu.probe_gpu()
        assert found.refusal == ""
        assert found.name == torch.cuda.get_device_name()

    def test_a_kernel_computes_without_tf32_and_in_bounds(self, kernels):
        code = (
            gpu.SETUP
            + "x = torch.ones(64, 64, device='cuda')\n"
            + "flags = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32\n"
            + "print(float((x @ x).sum()), *flags)\n"
            + "total = torch.cuda.get_device_properties(0).total_memory\n"
            + f"torch.empty(int({gpu.SHARE} * total) + 2**20, dtype=torch.uint8, device='cuda')"
        )
        for _ in range(2):  # the warm process has to stay without CUDA
            told = kernels.tell(code, limits=WITH_GPU, variables=gpu.variables())
            computed, bounded = told.split("\n")[:2]
            assert computed == "262144.0 False False"
            assert bounded.startswith("OutOfMemoryError")

    def test_an_ordinary_kernel_has_no_gpu(self, kernels):
        assert kernels.tell("import torch; print(torch.cuda.is_available())") == "False"
