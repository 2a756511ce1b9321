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
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %v42 = alloca <4 x float>
  %v43 = alloca <4 x float>
  %t1 = add i64 0, 8
  store <8 x float> splat (float 0x0000000000000000), ptr %v2
  store <8 x float> splat (float 0x0000000000000000), ptr %v3
  store <8 x float> splat (float 0x0000000000000000), ptr %v4
  store <8 x float> splat (float 0x0000000000000000), ptr %v5
  br label %head6
head6:
  %i9 = phi i64 [ 0, %entry ], [ %next10, %body7 ]
  %t11 = icmp slt i64 %i9, 33
  br i1 %t11, label %body7, label %exit8
body7:
  %t12 = getelementptr float, ptr %a3, i64 0
  %t13 = mul i64 %i9, 20
  %t14 = getelementptr float, ptr %t12, i64 %t13
  %t15 = load <8 x float>, ptr %t14, align 4
  %t16 = load <8 x float>, ptr %v2
  %t17 = fadd <8 x float> %t16, %t15
  store <8 x float> %t17, ptr %v2
  %t18 = getelementptr float, ptr %a3, i64 %t1
  %t19 = mul i64 %i9, 20
  %t20 = getelementptr float, ptr %t18, i64 %t19
  %t21 = load <8 x float>, ptr %t20, align 4
  %t22 = load <8 x float>, ptr %v3
  %t23 = fadd <8 x float> %t22, %t21
  store <8 x float> %t23, ptr %v3
  %t24 = load <8 x float>, ptr %v4
  %t25 = fadd <8 x float> %t24, %t15
  store <8 x float> %t25, ptr %v4
  %t26 = load <8 x float>, ptr %v5
  %t27 = fadd <8 x float> %t26, %t21
  store <8 x float> %t27, ptr %v5
  %next10 = add i64 %i9, 1
  br label %head6
exit8:
  %t28 = load <8 x float>, ptr %v2
  %t29 = getelementptr float, ptr %a0, i64 0
  store <8 x float> %t28, ptr %t29, align 4
  %t30 = load <8 x float>, ptr %v3
  %t31 = getelementptr float, ptr %a0, i64 %t1
  store <8 x float> %t30, ptr %t31, align 4
  %t32 = load <8 x float>, ptr %v4
  %t33 = load <8 x float>, ptr %v5
  %t34 = fdiv <8 x float> %t28, splat (float 0x4040800000000000)
  %t35 = fdiv <8 x float> %t30, splat (float 0x4040800000000000)
  %t36 = fdiv <8 x float> %t32, splat (float 0x4040800000000000)
  %t37 = fdiv <8 x float> %t33, splat (float 0x4040800000000000)
  %t38 = getelementptr float, ptr %a1, i64 0
  store <8 x float> %t34, ptr %t38, align 4
  %t39 = getelementptr float, ptr %a1, i64 %t1
  store <8 x float> %t35, ptr %t39, align 4
  %t40 = getelementptr float, ptr %a2, i64 0
  store <8 x float> %t36, ptr %t40, align 4
  %t41 = getelementptr float, ptr %a2, i64 %t1
  store <8 x float> %t37, ptr %t41, align 4
  store <4 x float> splat (float 0x0000000000000000), ptr %v42
  store <4 x float> splat (float 0x0000000000000000), ptr %v43
  br label %head44
head44:
  %i47 = phi i64 [ 0, %exit8 ], [ %next48, %body45 ]
  %t49 = icmp slt i64 %i47, 33
  br i1 %t49, label %body45, label %exit46
body45:
  %t50 = getelementptr float, ptr %a3, i64 16
  %t51 = mul i64 %i47, 20
  %t52 = getelementptr float, ptr %t50, i64 %t51
  %t53 = load <4 x float>, ptr %t52, align 4
  %t54 = load <4 x float>, ptr %v42
  %t55 = fadd <4 x float> %t54, %t53
  store <4 x float> %t55, ptr %v42
  %t56 = load <4 x float>, ptr %v43
  %t57 = fadd <4 x float> %t56, %t53
  store <4 x float> %t57, ptr %v43
  %next48 = add i64 %i47, 1
  br label %head44
exit46:
  %t58 = load <4 x float>, ptr %v42
  %t59 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t58, ptr %t59, align 4
  %t60 = load <4 x float>, ptr %v43
  %t61 = fdiv <4 x float> %t58, splat (float 0x4040800000000000)
  %t62 = fdiv <4 x float> %t60, splat (float 0x4040800000000000)
  %t63 = getelementptr float, ptr %a1, i64 16
  store <4 x float> %t61, ptr %t63, align 4
  %t64 = getelementptr float, ptr %a2, i64 16
  store <4 x float> %t62, ptr %t64, align 4
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
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %v44 = alloca <4 x float>
  %t1 = add i64 0, 8
  %t2 = getelementptr float, ptr %a2, i64 0
  %t3 = load <8 x float>, ptr %t2, align 4
  %t4 = getelementptr float, ptr %a2, i64 %t1
  %t5 = load <8 x float>, ptr %t4, align 4
  store <8 x float> splat (float 0x0000000000000000), ptr %v6
  store <8 x float> splat (float 0x0000000000000000), ptr %v7
  br label %head8
head8:
  %i11 = phi i64 [ 0, %entry ], [ %next12, %body9 ]
  %t13 = icmp slt i64 %i11, 33
  br i1 %t13, label %body9, label %exit10
body9:
  %t14 = getelementptr float, ptr %a3, i64 0
  %t15 = mul i64 %i11, 20
  %t16 = getelementptr float, ptr %t14, i64 %t15
  %t17 = load <8 x float>, ptr %t16, align 4
  %t18 = fsub <8 x float> %t17, %t3
  %t19 = load <8 x float>, ptr %v6
  %t20 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t18, <8 x float> %t18, <8 x float> %t19)
  store <8 x float> %t20, ptr %v6
  %t21 = getelementptr float, ptr %a3, i64 %t1
  %t22 = mul i64 %i11, 20
  %t23 = getelementptr float, ptr %t21, i64 %t22
  %t24 = load <8 x float>, ptr %t23, align 4
  %t25 = fsub <8 x float> %t24, %t5
  %t26 = load <8 x float>, ptr %v7
  %t27 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t25, <8 x float> %t25, <8 x float> %t26)
  store <8 x float> %t27, ptr %v7
  %next12 = add i64 %i11, 1
  br label %head8
exit10:
  %t28 = load <8 x float>, ptr %v6
  %t29 = load <8 x float>, ptr %v7
  %t30 = fdiv <8 x float> %t28, splat (float 0x4040800000000000)
  %t31 = fdiv <8 x float> %t29, splat (float 0x4040800000000000)
  %t32 = fadd <8 x float> %t30, splat (float 0x3EE4F8B580000000)
  %t33 = call <8 x float> @llvm.sqrt.v8f32(<8 x float> %t32)
  %t34 = fdiv <8 x float> splat (float 0x3FF0000000000000), %t33
  %t35 = fadd <8 x float> %t31, splat (float 0x3EE4F8B580000000)
  %t36 = call <8 x float> @llvm.sqrt.v8f32(<8 x float> %t35)
  %t37 = fdiv <8 x float> splat (float 0x3FF0000000000000), %t36
  %t38 = getelementptr float, ptr %a0, i64 0
  store <8 x float> %t30, ptr %t38, align 4
  %t39 = getelementptr float, ptr %a0, i64 %t1
  store <8 x float> %t31, ptr %t39, align 4
  %t40 = getelementptr float, ptr %a1, i64 0
  store <8 x float> %t34, ptr %t40, align 4
  %t41 = getelementptr float, ptr %a1, i64 %t1
  store <8 x float> %t37, ptr %t41, align 4
  %t42 = getelementptr float, ptr %a2, i64 16
  %t43 = load <4 x float>, ptr %t42, align 4
  store <4 x float> splat (float 0x0000000000000000), ptr %v44
  br label %head45
head45:
  %i48 = phi i64 [ 0, %exit10 ], [ %next49, %body46 ]
  %t50 = icmp slt i64 %i48, 33
  br i1 %t50, label %body46, label %exit47
body46:
  %t51 = getelementptr float, ptr %a3, i64 16
  %t52 = mul i64 %i48, 20
  %t53 = getelementptr float, ptr %t51, i64 %t52
  %t54 = load <4 x float>, ptr %t53, align 4
  %t55 = fsub <4 x float> %t54, %t43
  %t56 = load <4 x float>, ptr %v44
  %t57 = call <4 x float> @llvm.fma.v4f32(<4 x float> %t55, <4 x float> %t55, <4 x float> %t56)
  store <4 x float> %t57, ptr %v44
  %next49 = add i64 %i48, 1
  br label %head45
exit47:
  %t58 = load <4 x float>, ptr %v44
  %t59 = fdiv <4 x float> %t58, splat (float 0x4040800000000000)
  %t60 = fadd <4 x float> %t59, splat (float 0x3EE4F8B580000000)
  %t61 = call <4 x float> @llvm.sqrt.v4f32(<4 x float> %t60)
  %t62 = fdiv <4 x float> splat (float 0x3FF0000000000000), %t61
  %t63 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t59, ptr %t63, align 4
  %t64 = getelementptr float, ptr %a1, i64 16
  store <4 x float> %t62, ptr %t64, align 4
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
