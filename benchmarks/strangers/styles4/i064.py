import numpy as np


class CamadaConvolucional:
    """Convolução 2D (valid, passo 1). Entrada: (lote, canais, altura, largura)"""

    def __init__(self, canais_entrada, n_filtros, tamanho=3):
        escala = np.sqrt(2.0 / (canais_entrada * tamanho * tamanho))
        self.filtros = np.random.randn(n_filtros, canais_entrada, tamanho, tamanho) * escala
        self.vies = np.zeros(n_filtros)
        self.tamanho = tamanho

    def propagar(self, entrada):
        self.entrada = entrada
        k = self.tamanho
        N, C, H, L = entrada.shape
        saida = np.zeros((N, len(self.vies), H - k + 1, L - k + 1))
        for i in range(H - k + 1):
            for j in range(L - k + 1):
                regiao = entrada[:, :, i:i+k, j:j+k]
                saida[:, :, i, j] = np.tensordot(regiao, self.filtros, axes=([1, 2, 3], [1, 2, 3]))
        return saida + self.vies[None, :, None, None]

    def retropropagar(self, grad_saida):
        k = self.tamanho
        N, F, Ho, Lo = grad_saida.shape
        self.grad_vies = grad_saida.sum(axis=(0, 2, 3))
        self.grad_filtros = np.zeros_like(self.filtros)
        for i in range(Ho):
            for j in range(Lo):
                regiao = self.entrada[:, :, i:i+k, j:j+k]
                self.grad_filtros += np.tensordot(grad_saida[:, :, i, j], regiao, axes=([0], [0]))
        # gradiente da entrada: convolução "full" com os filtros
        borda = np.pad(grad_saida, ((0, 0), (0, 0), (k-1, k-1), (k-1, k-1)))
        filtros = self.filtros
        grad_entrada = np.zeros_like(self.entrada)
        for i in range(grad_entrada.shape[2]):
            for j in range(grad_entrada.shape[3]):
                janela = borda[:, :, i:i+k, j:j+k]
                grad_entrada[:, :, i, j] = np.tensordot(janela, filtros, axes=([1, 2, 3], [0, 2, 3]))
        return grad_entrada

    def atualizar(self, taxa):
        self.filtros -= taxa * self.grad_filtros
        self.vies -= taxa * self.grad_vies
