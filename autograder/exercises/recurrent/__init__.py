"""The exercises of the assignment `recurrent`: from one step to a model that writes."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise
from autograder.exercises.recurrent import sample as recurrent_sample
from autograder.exercises.recurrent.sample import counted, probabilities, written
from autograder.exercises.recurrent.sequences import (
    follow_sequence,
    follow_sequence_backward,
    sequence_backward_program,
    sequence_program,
)
from autograder.exercises.recurrent.steps import (
    ASSIGNMENT,
    RNN,
    follow_step_backward,
    step_backward_program,
    step_forward_program,
)
from autograder.exercises.recurrent.tokens import (
    clip_program,
    clipped,
    embedding_backward_program,
    embedding_forward_program,
    follow_embedding_backward,
    loss_program,
)
from autograder.exercises.recurrent.training import (
    RESULTS,
    follow_tbptt,
    jacobian_program,
    tbptt_program,
    truncated,
)
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike

__all__ = ["EXERCISES", "clipped", "counted", "probabilities", "truncated", "written"]

READY_MADE = ("RNN", "RNNCell", "SimpleRNN", "SimpleRNNCell", "rnn_tanh", "rnn_tanh_cell")
"""What the frameworks call it."""
MOST_ARRAYS = 6

EXERCISES = (
    Exercise(
        "rnn_step_forward",
        ASSIGNMENT,
        step_forward_program,
        all_alike(RNN.step.returns, "forward"),
        framework=READY_MADE,
    ),
    Exercise(
        "rnn_step_backward",
        ASSIGNMENT,
        step_backward_program,
        all_alike(RNN.step_backward.returns, "gradient"),
        needs=("rnn_step_forward",),
        consistent_with_own=follow_step_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "rnn_forward",
        ASSIGNMENT,
        sequence_program,
        all_alike(RNN.forward.returns, "forward"),
        needs=("rnn_step_forward",),
        consistent_with_own=follow_sequence,
        framework=READY_MADE,
    ),
    Exercise(
        "rnn_backward",
        ASSIGNMENT,
        sequence_backward_program,
        all_alike(RNN.backward.returns, "gradient"),
        needs=("rnn_step_forward", "rnn_step_backward", "rnn_forward"),
        consistent_with_own=follow_sequence_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "jacobian_norms",
        ASSIGNMENT,
        jacobian_program,
        {"norms": "gradient"},
        framework=("jacobian", "jacrev", "jacfwd", *DIFFERENTIATED),
    ),
    Exercise(
        "embedding_forward",
        ASSIGNMENT,
        embedding_forward_program,
        {"out": "forward"},
        framework=("Embedding", "embedding", "embedding_lookup"),
    ),
    Exercise(
        "embedding_backward",
        ASSIGNMENT,
        embedding_backward_program,
        {"dE": "gradient"},
        needs=("embedding_forward",),
        consistent_with_own=follow_embedding_backward,
        framework=DIFFERENTIATED,
    ),
    Exercise(
        "sequence_cross_entropy",
        ASSIGNMENT,
        loss_program,
        {"loss": "forward", "dz": "gradient"},
        framework=("cross_entropy", "CrossEntropyLoss", *DIFFERENTIATED),
    ),
    Exercise(
        "clip_grad_norm",
        ASSIGNMENT,
        clip_program,
        {"norm": "forward"} | all_alike([f"clipped[{k}]" for k in range(MOST_ARRAYS)], "clipped"),
        framework=("clip_grad_norm", "clip_grad_norm_", "clip_by_global_norm"),
    ),
    Exercise(
        "tbptt",
        ASSIGNMENT,
        tbptt_program,
        all_alike(RESULTS, "gradient"),
        needs=(
            "rnn_step_forward",
            "rnn_step_backward",
            "rnn_forward",
            "rnn_backward",
            "embedding_forward",
            "embedding_backward",
            "sequence_cross_entropy",
        ),
        consistent_with_own=follow_tbptt,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "sample",
        ASSIGNMENT,
        recurrent_sample.program,
        all_alike(recurrent_sample.WRITTEN, "forward"),
        inspect=recurrent_sample.inspect,
        measure=recurrent_sample.measure,
        costly=recurrent_sample.many_draws,
    ),
)
"""In the order of the notebook."""
