"""Mistakes in `cudnn_eligible`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import ELIGIBLE

CONDITIONS = (
    ("activation", '"activation": config["activation"] == "tanh"', "cuDNN knows tanh alone"),
    (
        "recurrent-activation",
        '"recurrent_activation": config["recurrent_activation"] == "sigmoid"',
        "the gates of cuDNN are sigmoids",
    ),
    (
        "recurrent-dropout",
        '"recurrent_dropout": config["recurrent_dropout"] == 0',
        "cuDNN has no dropout in the recurrent product",
    ),
    ("unroll", '"unroll": not config["unroll"]', "an unrolled layer is a graph of steps"),
    ("use-bias", '"use_bias": config["use_bias"]', "Keras leaves cuDNN alone without biases"),
    (
        "reset-after",
        '"reset_after": config["kind"] == "lstm" or config["reset_after"]',
        "cuDNN's GRU resets after the product",
    ),
    (
        "use-cudnn",
        '"use_cudnn": config["use_cudnn"] is not False',
        "whoever says use_cudnn=False gets none",
    ),
    ("device", '"device": config["device"] == "cuda"', "cuDNN runs on CUDA alone"),
    (
        "compiled",
        '"compiled": backend == "tensorflow" or not config["compiled"]',
        "the torch backend leaves cuDNN alone while a call is compiled or traced",
    ),
    ("mask", '"mask": not masked', "a mask can stand in the way"),
)

LEFT_OUT = tuple(
    (
        f"{name}-not-asked",
        ((line, f"{line.partition(':')[0]}: True"),),
        f"The condition on {name.replace('-', '_')} is missing: {why}.",
        ELIGIBLE,
    )
    for name, line, why in CONDITIONS
)
TORCH_MASK = 'if backend == "torch" or mask is None:'
MASKED = "masked = not right_padded(mask) or not mask.any(axis=1).all()"
REASONS = "reasons = [key for key, fine in asked.items() if not fine]"
END = "return not reasons, reasons"

MISTAKES: tuple[Mistake, ...] = catalogue(
    "cudnn_eligible",
    (
        *LEFT_OUT,
        (
            "torch-backend-takes-masks",
            ((TORCH_MASK, "if mask is None:"),),
            "With the torch backend any mask turns cuDNN off, a right-padded one too: its code "
            "gives up before it looks.",
            ELIGIBLE,
        ),
        (
            "no-mask-at-all",
            ((TORCH_MASK, "if True:"),),
            "Every mask turns cuDNN off. With the TensorFlow backend a right-padded one does not.",
            ELIGIBLE,
        ),
        (
            "masked-row-accepted",
            ((MASKED, "masked = not right_padded(mask)"),),
            "A row that is masked throughout is accepted. cuDNN takes no length of 0.",
            ELIGIBLE,
        ),
        (
            "left-padding-accepted",
            ((MASKED, "masked = not mask.any(axis=1).all()"),),
            "A mask that is not right-padded is accepted. cuDNN is told lengths, not masks.",
            ELIGIBLE,
        ),
        (
            "reset-after-asked-of-lstm",
            (('config["kind"] == "lstm" or config["reset_after"]', 'config["reset_after"]'),),
            "reset_after is asked of an LSTM too, where it has no meaning.",
            ELIGIBLE,
        ),
        (
            "compiled-asked-of-tensorflow",
            (('backend == "tensorflow" or not config["compiled"]', 'not config["compiled"]'),),
            "A compiled call turns cuDNN off with the torch backend alone.",
            ELIGIBLE,
        ),
        (
            "auto-is-off",
            (('config["use_cudnn"] is not False', 'config["use_cudnn"] is True'),),
            "use_cudnn='auto', the default, is taken for False. It means: where possible.",
            ELIGIBLE,
        ),
        (
            "dropout-turns-off",
            (
                (
                    '"recurrent_dropout": config["recurrent_dropout"] == 0',
                    '"recurrent_dropout": config["recurrent_dropout"] == config["dropout"] == 0',
                ),
            ),
            "The dropout of the inputs is counted as a reason. It acts before cuDNN's kernel and "
            "turns nothing off.",
            ELIGIBLE,
        ),
        (
            "stateful-turns-off",
            (
                (
                    '"unroll": not config["unroll"]',
                    '"unroll": not config["unroll"] and not config["stateful"]',
                ),
            ),
            "A stateful layer is said not to be eligible. The state is handed to the kernel like "
            "any other, and turns nothing off.",
            ELIGIBLE,
        ),
        (
            "backwards-turns-off",
            (
                (
                    '"unroll": not config["unroll"]',
                    '"unroll": not config["unroll"] and not config["go_backwards"]',
                ),
            ),
            "go_backwards=True is said not to be eligible. The input is turned before cuDNN's "
            "kernel, which turns nothing off.",
            ELIGIBLE,
        ),
        (
            "one-reason-only",
            ((REASONS, f"{REASONS}[:1]"),),
            "It stops at the first reason. Whoever mends that one meets the next: give all.",
            ELIGIBLE,
        ),
        (
            "eligible-inverted",
            ((END, "return bool(reasons), reasons"),),
            "`eligible` is the wrong way round: it is True where there is no reason.",
            ELIGIBLE,
        ),
        (
            "fine-for-reasons",
            (
                (REASONS, REASONS.replace("if not fine", "if fine")),
                (END, "return len(reasons) == len(asked), reasons"),
            ),
            "The reasons are the keys that are fine; those that stand in the way are wanted.",
            ELIGIBLE,
        ),
    ),
)
