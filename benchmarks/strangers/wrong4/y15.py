"""
문자 단위 RNN (min-char-rnn 을 공부하면서 다시 작성)
"""
import numpy as np

hidden_size = 10
vocab_size = 7

np.random.seed(1)
Wxh = np.random.randn(hidden_size, vocab_size) * 0.3   # 입력 -> 은닉
Whh = np.random.randn(hidden_size, hidden_size) * 0.3  # 은닉 -> 은닉
Why = np.random.randn(vocab_size, hidden_size) * 0.3   # 은닉 -> 출력
bh = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))


def lossFun(inputs, targets, hprev):
    """
    inputs, targets: 정수 리스트, hprev: 초기 은닉 상태 (H x 1)
    손실, 기울기, 마지막 은닉 상태를 반환
    """
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    # 순전파
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        ys[t] = Why @ hs[t] + by
        e = np.exp(ys[t] - ys[t].max())
        ps[t] = e / e.sum()
        loss += -np.log(ps[t][targets[t], 0])
    # 역전파
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += dhraw @ xs[t].T
        dWhh += dhraw @ hs[t - 1].T
        dhnext = Whh @ dhraw
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]


if __name__ == '__main__':
    text = [0, 3, 2, 5, 1, 6, 4, 0, 3, 2, 5, 1]
    h = np.zeros((hidden_size, 1))
    for step in range(200):
        loss, dWxh, dWhh, dWhy, dbh, dby, _ = lossFun(text[:-1], text[1:], h)
        for p, d in zip([Wxh, Whh, Why, bh, by], [dWxh, dWhh, dWhy, dbh, dby]):
            p -= 0.05 * np.clip(d, -5, 5)
    print('손실:', loss)
