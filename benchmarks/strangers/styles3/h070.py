# max pooling with nothing but lists - part 3 of "CNN on a calculator"


class MaxPool2x2:
    """image in: list of rows, H x W (odd rows/columns at the end are dropped)"""

    def forward(self, img):
        H, W = len(img), len(img[0])
        self.shape = H, W
        self.winners = []
        out = []
        for r in range(0, H - H % 2, 2):
            line = []
            for c in range(0, W - W % 2, 2):
                best = (r, c)
                for dr in (0, 1):
                    for dc in (0, 1):
                        if img[r + dr][c + dc] > img[best[0]][best[1]]:
                            best = (r + dr, c + dc)
                self.winners.append(best)
                line.append(img[best[0]][best[1]])
            out.append(line)
        return out

    def backward(self, d_out):
        H, W = self.shape
        d_img = [[0.0 for _ in range(W)] for _ in range(H)]
        flat = [v for line in d_out for v in line]
        for (r, c), v in zip(self.winners, flat):
            d_img[r][c] += v
        return d_img


if __name__ == "__main__":
    p = MaxPool2x2()
    print(p.forward([[1, 2, 5, 0], [3, 0, 1, 1], [0, 0, 2, 9], [7, 1, 1, 1]]))
    print(p.backward([[1, 2], [3, 4]]))
