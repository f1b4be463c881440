"""A GRU encoder and a GRU decoder that translate, their loss, and the simplest search.

N sentences, T source words, T' target words, V words of a vocabulary, E numbers
an embedding, H hidden units. The special words are PAD, BOS, EOS and UNK.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.given.cells import GRUCell, run
from autograder.given.text import BOS, EOS, PAD


def shift_right(y: torch.Tensor) -> torch.Tensor:
    """The inputs of a decoder that is taught: the targets, one place later.

    Each row begins with BOS, and its last entry is dropped, whatever it is:

        [y_0, y_1, …, y_{T−1}]  becomes  [BOS, y_0, …, y_{T−2}]

    Args:
        y: the target words, (N, T) ids, T ≥ 1. Each row ends in EOS, with PAD
            behind it up to T.

    Returns:
        A new tensor of the shape and dtype of `y`.

    Source: teacher forcing, Williams and Zipser (1989), "A Learning Algorithm
    for Continually Running Fully Recurrent Neural Networks", Neural Computation
    1(2).
    """
    first = torch.full_like(y[:, :1], BOS)
    return torch.cat([first, y[:, :-1]], dim=1)


class Encoder(torch.nn.Module):
    """Read sentences, and make of each one vector.

    A GRU reads the embedded words from a state of zeros. With e the state after
    the last word of a sentence, which is word number lengths − 1:

        context = tanh(e·Wc)
        h = tanh(context·W0)

    What stands behind the last word has no effect. The parameters are bare
    torch.nn.Parameters, start at random where they are matrices, are float32,
    and follow `.double()`. N is the number of sentences, T that of words.

    Args:
        V: the number of words in the source vocabulary.
        E: the numbers of an embedding.
        H: the number of hidden units.

    Attributes:
        emb: the embeddings, (V, E); the row of PAD is a row like any other.
        cell: a GRUCell with Wx (E, 3H), Wh (H, 3H), bx and bh (3H,).
        Wc: the weights of the context, (H, H).
        W0: the weights of the decoder's first state, (H, H).

    Source: Cho et al. (2014), "Learning Phrase Representations using RNN
    Encoder-Decoder for Statistical Machine Translation", arXiv 1406.1078,
    appendix A.1; this GRU resets after the product.
    """

    def __init__(self, V: int, E: int, H: int) -> None:
        super().__init__()
        self.emb = torch.nn.Parameter(torch.randn(V, E))
        self.cell = GRUCell(E, H)
        self.Wc = torch.nn.Parameter(torch.randn(H, H) / H**0.5)
        self.W0 = torch.nn.Parameter(torch.randn(H, H) / H**0.5)

    def forward(
        self, x: torch.Tensor, lengths: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Read a batch of sentences.

        Args:
            x: the source words, (N, T) ids.
            lengths: how many words each row has, (N,), from 1 to T, in any
                order; what stands behind them is padding, whatever its id.

        Returns:
            hs: the state after every word, (N, T, H); exactly 0 at padding.
            h: the first state of the decoder, (N, H).
            context: what the decoder is told at every step, (N, H).
        """
        hs = run(self.cell, self.emb[x])
        valid = torch.arange(x.shape[1]) < lengths[:, None]
        last = hs[torch.arange(len(x)), lengths - 1]
        context = torch.tanh(last @ self.Wc)
        h = torch.tanh(context @ self.W0)
        return hs * valid[..., None], h, context


class Decoder(torch.nn.Module):
    """Write a sentence, word by word, from a first state and a context.

    Every step hears the context, and so does the output layer. With the square
    brackets for a row made of rows, in this order:

        h_t = GRU([emb[y_t], context], h_{t−1})
        logits_t = [h_t, emb[y_t], context]·Wo + bo

    No softmax is applied. The parameters are bare torch.nn.Parameters, start at
    random where they are matrices, are float32, and follow `.double()`. N is
    the number of sentences, T that of words.

    Args:
        V: the number of words in the target vocabulary.
        E: the numbers of an embedding.
        H: the number of hidden units, of the state and of the context.

    Attributes:
        emb: the embeddings, (V, E).
        cell: a GRUCell with Wx (E+H, 3H), Wh (H, 3H), bx and bh (3H,).
        Wo: the weights of the output, (2H+E, V).
        bo: its bias, (V,).

    Source: Cho et al. (2014), arXiv 1406.1078, appendix A.2, without the maxout
    layer and with a GRU that resets after the product.
    """

    def __init__(self, V: int, E: int, H: int) -> None:
        super().__init__()
        self.emb = torch.nn.Parameter(torch.randn(V, E))
        self.cell = GRUCell(E + H, H)
        self.Wo = torch.nn.Parameter(torch.randn(2 * H + E, V) / (2 * H + E) ** 0.5)
        self.bo = torch.nn.Parameter(torch.zeros(V))

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, context: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The logits of the words that follow.

        A whole sentence in one call gives what its words give one at a time,
        with the state carried on.

        Args:
            y: the words that are fed, (N, T) ids, T ≥ 1: already shifted.
            h: the state before the first of them, (N, H).
            context: the vector of the source sentence, (N, H).

        Returns:
            logits: of the word after each, (N, T, V).
            h_T: the state after the last one, (N, H).
        """
        words = self.emb[y]
        contexts = context[:, None].expand(-1, y.shape[1], -1)
        hs = run(self.cell, torch.cat([words, contexts], dim=2), h)
        read = torch.cat([hs, words, contexts], dim=2)
        return read @ self.Wo + self.bo, hs[:, -1]


class Seq2Seq(torch.nn.Module):
    """An encoder and a decoder that is taught: it is fed what is true.

    It has no parameters but theirs. N is the number of sentences.

    Args:
        encoder: an `Encoder`.
        decoder: a `Decoder` with as many hidden units.

    Attributes:
        encoder: the encoder that was given.
        decoder: the decoder that was given.

    Source: Sutskever, Vinyals and Le (2014), "Sequence to Sequence Learning
    with Neural Networks", arXiv 1409.3215, section 2; Cho et al. (2014),
    section 2.2.
    """

    def __init__(self, encoder: Any, decoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, x: torch.Tensor, lengths: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The logits of every target word, given those before it.

        Args:
            x: the source words, (N, T) ids.
            lengths: how many words each source row has, (N,).
            y: the target words, (N, T') ids, not shifted: each row ends in EOS,
                with PAD behind it.

        Returns:
            logits: (N, T', V); those at t are for the target word at t. What
                they are where the target is PAD does not matter.
        """
        _, h, context = self.encoder(x, lengths)
        logits, _ = self.decoder(shift_right(y), h, context)
        return logits  # type: ignore[no-any-return]


def seq2seq_loss(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The mean loss of a word, over all words of a batch.

    A word is every place of `y` that is not PAD; EOS and UNK are words. With p
    the softmax of the logits of a place:

        loss = the mean of −log p[y] over all words of the batch

    It is one division, by the number of words of the whole batch. The result is
    finite for logits of ±1000 as well, and so is its gradient, which is exactly
    0 at padding.

    Args:
        logits: (N, T, V), of any float dtype.
        y: the target words, (N, T) ids, with one word or more.

    Returns:
        The loss, a tensor of shape (), which can be differentiated.

    Source: Cho et al. (2014), arXiv 1406.1078, equation 4, with the mean taken
    over words.
    """
    valid = y != PAD
    logp = torch.log_softmax(logits, dim=2)
    picked = logp.gather(2, y[..., None])[..., 0]
    return -(picked * valid).sum() / valid.sum()


def greedy_decode(step: "Callable[[int, Any], tuple[np.ndarray, Any]]", max_len: int) -> list[int]:
    """Write a sentence by taking the most likely word every time.

    The first word that the model is fed is BOS, and after it each word that it
    has written. It ends when EOS is the most likely word, or when `max_len`
    words are written. No more calls are made than are needed for that.

    Args:
        step: one step of the model: `step(token, state)` reads a word, an int,
            and returns the logits of the next word, (V,), and a state. The
            state of the first call is None, and that of each later one is what
            the call before it returned. Some of the logits may be −inf.
        max_len: how many words there may be, 1 or more.

    Returns:
        The ids of the words, a list of ints, without BOS and EOS. Of several
        words that are equally likely, it is the one with the smallest id.

    Source: beam search with a beam of one, as in Sutskever, Vinyals and Le
    (2014), arXiv 1409.3215, section 3.2.
    """
    ids: list[int] = []
    token, state = BOS, None
    for _ in range(max_len):
        logits, state = step(token, state)
        token = int(np.argmax(logits))
        if token == EOS:
            break
        ids.append(token)
    return ids
