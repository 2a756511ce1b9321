; Column sums, then the mean and the variance of columns and what is normalised by them.

; sum+div
define internal i64 @loop.0(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %v2 = alloca <8 x float>
  %v3 = alloca <8 x float>
  %v4 = alloca <8 x float>
  %v5 = alloca <8 x float>
  %v15 = alloca <8 x float>
  %v16 = alloca <8 x float>
  %v17 = alloca <8 x float>
  %v18 = alloca <8 x float>
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %v67 = alloca <4 x float>
  %v68 = alloca <4 x float>
  %v78 = alloca <4 x float>
  %v79 = alloca <4 x float>
  %t1 = add i64 0, 8
  store <8 x float> splat (float 0x0000000000000000), ptr %v2
  store <8 x float> splat (float 0x0000000000000000), ptr %v3
  store <8 x float> splat (float 0x0000000000000000), ptr %v4
  store <8 x float> splat (float 0x0000000000000000), ptr %v5
  br label %head6
head6:
  %i9 = phi i64 [ 0, %entry ], [ %next10, %exit21 ]
  %t11 = icmp slt i64 %i9, 33
  br i1 %t11, label %body7, label %exit8
body7:
  %t12 = add i64 %i9, 32
  %t13 = icmp slt i64 %t12, 33
  %t14 = select i1 %t13, i64 %t12, i64 33
  store <8 x float> splat (float 0x0000000000000000), ptr %v15
  store <8 x float> splat (float 0x0000000000000000), ptr %v16
  store <8 x float> splat (float 0x0000000000000000), ptr %v17
  store <8 x float> splat (float 0x0000000000000000), ptr %v18
  br label %head19
head19:
  %i22 = phi i64 [ %i9, %body7 ], [ %next23, %body20 ]
  %t24 = icmp slt i64 %i22, %t14
  br i1 %t24, label %body20, label %exit21
body20:
  %t25 = getelementptr float, ptr %a3, i64 0
  %t26 = mul i64 %i22, 20
  %t27 = getelementptr float, ptr %t25, i64 %t26
  %t28 = load <8 x float>, ptr %t27, align 4
  %t29 = load <8 x float>, ptr %v15
  %t30 = fadd <8 x float> %t29, %t28
  store <8 x float> %t30, ptr %v15
  %t31 = getelementptr float, ptr %a3, i64 %t1
  %t32 = mul i64 %i22, 20
  %t33 = getelementptr float, ptr %t31, i64 %t32
  %t34 = load <8 x float>, ptr %t33, align 4
  %t35 = load <8 x float>, ptr %v16
  %t36 = fadd <8 x float> %t35, %t34
  store <8 x float> %t36, ptr %v16
  %t37 = load <8 x float>, ptr %v17
  %t38 = fadd <8 x float> %t37, %t28
  store <8 x float> %t38, ptr %v17
  %t39 = load <8 x float>, ptr %v18
  %t40 = fadd <8 x float> %t39, %t34
  store <8 x float> %t40, ptr %v18
  %next23 = add i64 %i22, 1
  br label %head19
exit21:
  %t41 = load <8 x float>, ptr %v15
  %t42 = load <8 x float>, ptr %v2
  %t43 = fadd <8 x float> %t42, %t41
  store <8 x float> %t43, ptr %v2
  %t44 = load <8 x float>, ptr %v16
  %t45 = load <8 x float>, ptr %v3
  %t46 = fadd <8 x float> %t45, %t44
  store <8 x float> %t46, ptr %v3
  %t47 = load <8 x float>, ptr %v17
  %t48 = load <8 x float>, ptr %v4
  %t49 = fadd <8 x float> %t48, %t47
  store <8 x float> %t49, ptr %v4
  %t50 = load <8 x float>, ptr %v18
  %t51 = load <8 x float>, ptr %v5
  %t52 = fadd <8 x float> %t51, %t50
  store <8 x float> %t52, ptr %v5
  %next10 = add i64 %i9, 32
  br label %head6
exit8:
  %t53 = load <8 x float>, ptr %v2
  %t54 = getelementptr float, ptr %a0, i64 0
  store <8 x float> %t53, ptr %t54, align 4
  %t55 = load <8 x float>, ptr %v3
  %t56 = getelementptr float, ptr %a0, i64 %t1
  store <8 x float> %t55, ptr %t56, align 4
  %t57 = load <8 x float>, ptr %v4
  %t58 = load <8 x float>, ptr %v5
  %t59 = fdiv <8 x float> %t53, splat (float 0x4040800000000000)
  %t60 = fdiv <8 x float> %t55, splat (float 0x4040800000000000)
  %t61 = fdiv <8 x float> %t57, splat (float 0x4040800000000000)
  %t62 = fdiv <8 x float> %t58, splat (float 0x4040800000000000)
  %t63 = getelementptr float, ptr %a1, i64 0
  store <8 x float> %t59, ptr %t63, align 4
  %t64 = getelementptr float, ptr %a1, i64 %t1
  store <8 x float> %t60, ptr %t64, align 4
  %t65 = getelementptr float, ptr %a2, i64 0
  store <8 x float> %t61, ptr %t65, align 4
  %t66 = getelementptr float, ptr %a2, i64 %t1
  store <8 x float> %t62, ptr %t66, align 4
  store <4 x float> splat (float 0x0000000000000000), ptr %v67
  store <4 x float> splat (float 0x0000000000000000), ptr %v68
  br label %head69
head69:
  %i72 = phi i64 [ 0, %exit8 ], [ %next73, %exit82 ]
  %t74 = icmp slt i64 %i72, 33
  br i1 %t74, label %body70, label %exit71
body70:
  %t75 = add i64 %i72, 32
  %t76 = icmp slt i64 %t75, 33
  %t77 = select i1 %t76, i64 %t75, i64 33
  store <4 x float> splat (float 0x0000000000000000), ptr %v78
  store <4 x float> splat (float 0x0000000000000000), ptr %v79
  br label %head80
head80:
  %i83 = phi i64 [ %i72, %body70 ], [ %next84, %body81 ]
  %t85 = icmp slt i64 %i83, %t77
  br i1 %t85, label %body81, label %exit82
body81:
  %t86 = getelementptr float, ptr %a3, i64 16
  %t87 = mul i64 %i83, 20
  %t88 = getelementptr float, ptr %t86, i64 %t87
  %t89 = load <4 x float>, ptr %t88, align 4
  %t90 = load <4 x float>, ptr %v78
  %t91 = fadd <4 x float> %t90, %t89
  store <4 x float> %t91, ptr %v78
  %t92 = load <4 x float>, ptr %v79
  %t93 = fadd <4 x float> %t92, %t89
  store <4 x float> %t93, ptr %v79
  %next84 = add i64 %i83, 1
  br label %head80
exit82:
  %t94 = load <4 x float>, ptr %v78
  %t95 = load <4 x float>, ptr %v67
  %t96 = fadd <4 x float> %t95, %t94
  store <4 x float> %t96, ptr %v67
  %t97 = load <4 x float>, ptr %v79
  %t98 = load <4 x float>, ptr %v68
  %t99 = fadd <4 x float> %t98, %t97
  store <4 x float> %t99, ptr %v68
  %next73 = add i64 %i72, 32
  br label %head69
exit71:
  %t100 = load <4 x float>, ptr %v67
  %t101 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t100, ptr %t101, align 4
  %t102 = load <4 x float>, ptr %v68
  %t103 = fdiv <4 x float> %t100, splat (float 0x4040800000000000)
  %t104 = fdiv <4 x float> %t102, splat (float 0x4040800000000000)
  %t105 = getelementptr float, ptr %a1, i64 16
  store <4 x float> %t103, ptr %t105, align 4
  %t106 = getelementptr float, ptr %a2, i64 16
  store <4 x float> %t104, ptr %t106, align 4
  ret i64 0
}

; sum+div
define internal i64 @loop.1(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %v6 = alloca <8 x float>
  %v7 = alloca <8 x float>
  %v17 = alloca <8 x float>
  %v18 = alloca <8 x float>
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %v61 = alloca <4 x float>
  %v71 = alloca <4 x float>
  %t1 = add i64 0, 8
  %t2 = getelementptr float, ptr %a2, i64 0
  %t3 = load <8 x float>, ptr %t2, align 4
  %t4 = getelementptr float, ptr %a2, i64 %t1
  %t5 = load <8 x float>, ptr %t4, align 4
  store <8 x float> splat (float 0x0000000000000000), ptr %v6
  store <8 x float> splat (float 0x0000000000000000), ptr %v7
  br label %head8
head8:
  %i11 = phi i64 [ 0, %entry ], [ %next12, %exit21 ]
  %t13 = icmp slt i64 %i11, 33
  br i1 %t13, label %body9, label %exit10
body9:
  %t14 = add i64 %i11, 32
  %t15 = icmp slt i64 %t14, 33
  %t16 = select i1 %t15, i64 %t14, i64 33
  store <8 x float> splat (float 0x0000000000000000), ptr %v17
  store <8 x float> splat (float 0x0000000000000000), ptr %v18
  br label %head19
head19:
  %i22 = phi i64 [ %i11, %body9 ], [ %next23, %body20 ]
  %t24 = icmp slt i64 %i22, %t16
  br i1 %t24, label %body20, label %exit21
body20:
  %t25 = getelementptr float, ptr %a3, i64 0
  %t26 = mul i64 %i22, 20
  %t27 = getelementptr float, ptr %t25, i64 %t26
  %t28 = load <8 x float>, ptr %t27, align 4
  %t29 = fsub <8 x float> %t28, %t3
  %t30 = load <8 x float>, ptr %v17
  %t31 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t29, <8 x float> %t29, <8 x float> %t30)
  store <8 x float> %t31, ptr %v17
  %t32 = getelementptr float, ptr %a3, i64 %t1
  %t33 = mul i64 %i22, 20
  %t34 = getelementptr float, ptr %t32, i64 %t33
  %t35 = load <8 x float>, ptr %t34, align 4
  %t36 = fsub <8 x float> %t35, %t5
  %t37 = load <8 x float>, ptr %v18
  %t38 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t36, <8 x float> %t36, <8 x float> %t37)
  store <8 x float> %t38, ptr %v18
  %next23 = add i64 %i22, 1
  br label %head19
exit21:
  %t39 = load <8 x float>, ptr %v17
  %t40 = load <8 x float>, ptr %v6
  %t41 = fadd <8 x float> %t40, %t39
  store <8 x float> %t41, ptr %v6
  %t42 = load <8 x float>, ptr %v18
  %t43 = load <8 x float>, ptr %v7
  %t44 = fadd <8 x float> %t43, %t42
  store <8 x float> %t44, ptr %v7
  %next12 = add i64 %i11, 32
  br label %head8
exit10:
  %t45 = load <8 x float>, ptr %v6
  %t46 = load <8 x float>, ptr %v7
  %t47 = fdiv <8 x float> %t45, splat (float 0x4040800000000000)
  %t48 = fdiv <8 x float> %t46, splat (float 0x4040800000000000)
  %t49 = fadd <8 x float> %t47, splat (float 0x3EE4F8B580000000)
  %t50 = call <8 x float> @llvm.sqrt.v8f32(<8 x float> %t49)
  %t51 = fdiv <8 x float> splat (float 0x3FF0000000000000), %t50
  %t52 = fadd <8 x float> %t48, splat (float 0x3EE4F8B580000000)
  %t53 = call <8 x float> @llvm.sqrt.v8f32(<8 x float> %t52)
  %t54 = fdiv <8 x float> splat (float 0x3FF0000000000000), %t53
  %t55 = getelementptr float, ptr %a0, i64 0
  store <8 x float> %t47, ptr %t55, align 4
  %t56 = getelementptr float, ptr %a0, i64 %t1
  store <8 x float> %t48, ptr %t56, align 4
  %t57 = getelementptr float, ptr %a1, i64 0
  store <8 x float> %t51, ptr %t57, align 4
  %t58 = getelementptr float, ptr %a1, i64 %t1
  store <8 x float> %t54, ptr %t58, align 4
  %t59 = getelementptr float, ptr %a2, i64 16
  %t60 = load <4 x float>, ptr %t59, align 4
  store <4 x float> splat (float 0x0000000000000000), ptr %v61
  br label %head62
head62:
  %i65 = phi i64 [ 0, %exit10 ], [ %next66, %exit74 ]
  %t67 = icmp slt i64 %i65, 33
  br i1 %t67, label %body63, label %exit64
body63:
  %t68 = add i64 %i65, 32
  %t69 = icmp slt i64 %t68, 33
  %t70 = select i1 %t69, i64 %t68, i64 33
  store <4 x float> splat (float 0x0000000000000000), ptr %v71
  br label %head72
head72:
  %i75 = phi i64 [ %i65, %body63 ], [ %next76, %body73 ]
  %t77 = icmp slt i64 %i75, %t70
  br i1 %t77, label %body73, label %exit74
body73:
  %t78 = getelementptr float, ptr %a3, i64 16
  %t79 = mul i64 %i75, 20
  %t80 = getelementptr float, ptr %t78, i64 %t79
  %t81 = load <4 x float>, ptr %t80, align 4
  %t82 = fsub <4 x float> %t81, %t60
  %t83 = load <4 x float>, ptr %v71
  %t84 = call <4 x float> @llvm.fma.v4f32(<4 x float> %t82, <4 x float> %t82, <4 x float> %t83)
  store <4 x float> %t84, ptr %v71
  %next76 = add i64 %i75, 1
  br label %head72
exit74:
  %t85 = load <4 x float>, ptr %v71
  %t86 = load <4 x float>, ptr %v61
  %t87 = fadd <4 x float> %t86, %t85
  store <4 x float> %t87, ptr %v61
  %next66 = add i64 %i65, 32
  br label %head62
exit64:
  %t88 = load <4 x float>, ptr %v61
  %t89 = fdiv <4 x float> %t88, splat (float 0x4040800000000000)
  %t90 = fadd <4 x float> %t89, splat (float 0x3EE4F8B580000000)
  %t91 = call <4 x float> @llvm.sqrt.v4f32(<4 x float> %t90)
  %t92 = fdiv <4 x float> splat (float 0x3FF0000000000000), %t91
  %t93 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t89, ptr %t93, align 4
  %t94 = getelementptr float, ptr %a1, i64 16
  store <4 x float> %t92, ptr %t94, align 4
  ret i64 0
}

; mul
define internal i64 @loop.2(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit9 ]
  %t6 = icmp slt i64 %i4, 33
  br i1 %t6, label %body2, label %exit3
body2:
  br label %head7
head7:
  %i10 = phi i64 [ 0, %body2 ], [ %next11, %body8 ]
  %t12 = icmp slt i64 %i10, 16
  br i1 %t12, label %body8, label %exit9
body8:
  %t13 = mul i64 %i4, 20
  %t14 = getelementptr float, ptr %a1, i64 %t13
  %t15 = getelementptr float, ptr %t14, i64 %i10
  %t16 = load <8 x float>, ptr %t15, align 4
  %t17 = getelementptr float, ptr %a2, i64 %i10
  %t18 = load <8 x float>, ptr %t17, align 4
  %t19 = fsub <8 x float> %t16, %t18
  %t20 = getelementptr float, ptr %a3, i64 %i10
  %t21 = load <8 x float>, ptr %t20, align 4
  %t22 = fmul <8 x float> %t19, %t21
  %t23 = mul i64 %i4, 20
  %t24 = getelementptr float, ptr %a0, i64 %t23
  %t25 = getelementptr float, ptr %t24, i64 %i10
  store <8 x float> %t22, ptr %t25, align 4
  %next11 = add i64 %i10, 8
  br label %head7
exit9:
  %t26 = mul i64 %i4, 20
  %t27 = getelementptr float, ptr %a1, i64 %t26
  %t28 = getelementptr float, ptr %t27, i64 16
  %t29 = load <4 x float>, ptr %t28, align 4
  %t30 = getelementptr float, ptr %a2, i64 16
  %t31 = load <4 x float>, ptr %t30, align 4
  %t32 = fsub <4 x float> %t29, %t31
  %t33 = getelementptr float, ptr %a3, i64 16
  %t34 = load <4 x float>, ptr %t33, align 4
  %t35 = fmul <4 x float> %t32, %t34
  %t36 = mul i64 %i4, 20
  %t37 = getelementptr float, ptr %a0, i64 %t36
  %t38 = getelementptr float, ptr %t37, i64 16
  store <4 x float> %t35, ptr %t38, align 4
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}
